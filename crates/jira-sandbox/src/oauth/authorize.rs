//! `/authorize`: what an app asks for is checked, the user decides, and the browser is sent back to the app.

use url::form_urlencoded::Serializer;

use super::{
    app::App,
    authority::Authority,
    authorization_request::{AuthorizationRequest, Person},
    consent,
    sites::WIKI,
};
use crate::{
    cloud::Cloud,
    reply::Reply,
    request::{HttpRequest, parse_form},
};

/// `GET /authorize`: the consent page.
pub(super) fn show(cloud: &Cloud, request: &HttpRequest) -> Reply {
    let people = people(cloud);
    match read_request(&cloud.authority(), &request.query) {
        Ok(authorization) => consent::page(cloud, &authorization, &people, &request.query),
        Err(refusal) => refusal,
    }
}

/// `POST /authorize`: the page's form, sent with the query that led to the page.
pub(super) fn decide(cloud: &Cloud, request: &HttpRequest) -> Reply {
    let people = people(cloud);
    let now = cloud.now();
    let mut authority = cloud.authority();
    let authorization = match read_request(&authority, &request.query) {
        Ok(authorization) => authorization,
        Err(refusal) => return refusal,
    };
    let body = String::from_utf8_lossy(&request.body);
    let fields = parse_form(&body);
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    match field("decision") {
        Some("accept") => {}
        Some("deny") => {
            return redirect_back(
                &authorization,
                &[("error", "access_denied"), ("error_description", "User did not authorize the request")],
            );
        }
        _ => return consent::error_page(400, "invalid_request", "Choose to accept or to cancel."),
    }
    let person = people.iter().find(|person| Some(person.account_id.as_str()) == field("account_id"));
    let Some(person) = person else {
        return consent::error_page(400, "invalid_request", "Nobody with this account_id is there.");
    };
    if let Some(refusal) = refuse_person(&authority.app, person) {
        return refusal;
    }
    let site = match field("site") {
        Some(cloud_id) => person.sites.iter().find(|site| *site == cloud_id),
        None => person.sites.first().filter(|_| person.sites.len() == 1),
    };
    let Some(site) = site.cloned() else {
        return consent::error_page(400, "invalid_request", "Choose one of the sites.");
    };
    let wiki =
        authorization.scopes.iter().any(|scope| scope.contains("confluence")).then(|| WIKI.0.to_owned());
    let code = authority.grants.consent(
        (&authorization.client_id, &authorization.redirect_uri),
        &person.account_id,
        std::iter::once(site).chain(wiki),
        authorization.scopes.clone(),
        authorization.challenge.clone(),
        now,
    );
    redirect_back(&authorization, &[("code", &code)])
}

/// The refusal of a person who cannot give the app access, in Atlassian's words.
fn refuse_person(app: &App, person: &Person) -> Option<Reply> {
    if !app.shared && person.account_id != app.owner {
        return Some(consent::error_page(
            403,
            "access_denied",
            "This app is in development - only the owner of this app may grant it access to their account.",
        ));
    }
    person.sites.is_empty().then(|| {
        consent::error_page(
            403,
            "access_denied",
            "This app requires access to a Jira site which you don't have or don't have the permission to access.",
        )
    })
}

/// Checks a query. What is wrong is said to the user: nothing is sent to an address that may be anybody's.
fn read_request(authority: &Authority, query: &str) -> Result<AuthorizationRequest, Reply> {
    let fields = parse_form(query);
    let refuse = |error: &str, description: String| consent::error_page(400, error, &description);
    let required = |name: &str| {
        let mut values = fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone());
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => Ok(value),
            (Some(_), Some(_)) => Err(refuse("invalid_request", format!("{name} is there twice"))),
            _ => Err(refuse("invalid_request", format!("missing required parameter: {name}"))),
        }
    };
    let exactly = |name: &str, wanted: &str| match required(name)? {
        value if value == wanted => Ok(()),
        value => Err(refuse("invalid_request", format!("{name} is {value} and not {wanted}"))),
    };
    let client_id = required("client_id")?;
    let registered = authority.app(&client_id).and_then(|app| Some((app, app.redirect_uri.as_ref()?)));
    let Some((app, registered)) = registered else {
        return Err(refuse("unauthorized_client", format!("unknown client: {client_id}")));
    };
    let redirect_uri = required("redirect_uri")?;
    if redirect_uri != *registered {
        let description = format!("redirect_uri is not registered for client: {redirect_uri}");
        return Err(refuse("unauthorized_client", description));
    }
    exactly("response_type", "code")?;
    exactly("audience", "api.atlassian.com")?;
    exactly("prompt", "consent")?;
    let state = required("state")?;
    let scope = required("scope")?;
    let scopes: Vec<String> = scope.split(' ').filter(|scope| !scope.is_empty()).map(Into::into).collect();
    if let Some(scope) = scopes.iter().find(|scope| !app.may_ask(scope)) {
        return Err(refuse("invalid_scope", format!("the app's permissions do not have the scope: {scope}")));
    }
    if scopes.iter().all(|scope| scope == "offline_access") {
        return Err(refuse("invalid_scope", "no scope of any product".into()));
    }
    let challenge =
        fields.iter().any(|(name, _)| name == "code_challenge").then(|| required("code_challenge"));
    if challenge.is_some() {
        exactly("code_challenge_method", "S256")?;
    }
    Ok(AuthorizationRequest { client_id, redirect_uri, scopes, state, challenge: challenge.transpose()? })
}

/// Sends the browser back to the app.
fn redirect_back(request: &AuthorizationRequest, result: &[(&str, &str)]) -> Reply {
    let query =
        Serializer::new(String::new()).extend_pairs(result).append_pair("state", &request.state).finish();
    let join = if request.redirect_uri.contains('?') { '&' } else { '?' };
    Reply::text(302, "text/html;charset=utf-8", "")
        .with("location", format!("{}{join}{query}", request.redirect_uri))
}

/// Everybody who has an account, by the sites whose Jira they may use.
fn people(cloud: &Cloud) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for user in &cloud.info.users {
        let sites = cloud.sites.iter().filter(|site| site.lock().world.may_use_jira(&user.account_id));
        people.push(Person {
            account_id: user.account_id.clone(),
            name: user.name.clone(),
            sites: sites.map(|site| site.cloud_id.clone()).collect(),
        });
    }
    people
}
