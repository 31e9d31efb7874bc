//! Attachments: the way up, and the way down through another host.

use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::{Answer, Site};

/// Uploads a text file as the administrator.
async fn upload(site: &Site, key: &str, text: &'static str, check: bool) -> Answer {
    let user = site.user("Ana");
    let part = multipart::Part::text(text).file_name("notes.txt").mime_str("text/plain").unwrap();
    let mut request = site
        .request(Method::POST, &format!("/rest/api/3/issue/{key}/attachments"))
        .basic_auth(&user.email, Some(&user.api_token))
        .multipart(multipart::Form::new().part("file", part));
    if check {
        request = request.header("X-Atlassian-Token", "no-check");
    }
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down_from_the_media_store_without_credentials() {
    let site = Site::start().await;
    let key = site.task("With a file").await;
    let refused = upload(&site, &key, "hello", false).await;
    assert_eq!((refused.status, refused.body), (403, json!("XSRF check failed")));
    let made = upload(&site, &key, "hello", true).await.ok();
    assert_eq!((&made[0]["filename"], &made[0]["size"]), (&json!("notes.txt"), &json!(5)));
    let id = made[0]["id"].as_str().unwrap();
    assert_eq!(site.fields(&key, "attachment").await["attachment"][0]["id"], id);

    // The store is at another address, takes its token from there, and wants no credentials.
    let path = format!("/rest/api/3/attachment/content/{id}");
    let led = site.get(&path).await;
    let place = led.header("location").unwrap();
    assert!(led.status == 303 && !place.starts_with(&site.sandbox.info().url), "{place}");
    let store = async |request: reqwest::RequestBuilder| Answer::of(request.send().await.unwrap()).await;
    assert_eq!(store(site.http.get(place)).await.ok(), "hello");
    store(site.http.get(place).basic_auth("ana", Some("token"))).await.refused(400);
    let user = site.user("Ana");
    let range = async |range: &str| {
        let request = site.request(Method::GET, &format!("{path}?redirect=false"));
        let request = request.basic_auth(&user.email, Some(&user.api_token)).header("Range", range);
        Answer::of(request.send().await.unwrap()).await
    };
    let part = range("bytes=1-3").await;
    assert_eq!((part.status, part.header("content-range")), (206, Some("bytes 1-3/5")));
    assert_eq!(part.body, "ell");
    assert_eq!(range("bytes=9-").await.status, 416);

    site.delete(&format!("/rest/api/3/attachment/{id}")).await.ok();
    site.get(&format!("/rest/api/3/attachment/{id}")).await.refused(404);
    assert_eq!(site.fields(&key, "attachment").await["attachment"], Value::Array(Vec::new()));
}
