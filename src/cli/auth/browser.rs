//! Opening a page in the person's browser.

use std::process::{Command, Stdio};

use url::Url;

use crate::config;

/// Opens `url`; false where there is no browser, or none that this machine names.
pub(super) fn open(url: &Url) -> bool {
    openers().into_iter().any(|(program, arguments)| {
        let mut command = Command::new(program);
        command.args(arguments).arg(url.as_str());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        for secret in config::SECRET_VARIABLES {
            command.env_remove(secret);
        }
        // Some of these run for as long as the browser does: nobody waits for them.
        command.spawn().is_ok()
    })
}

/// Programs that may open a page here, the best first.
fn openers() -> Vec<(String, Vec<&'static str>)> {
    let named =
        config::environment("BROWSER").filter(|program| !program.is_empty()).map(|program| (program, vec![]));
    let system: Vec<(&str, Vec<&'static str>)> = if cfg!(target_os = "macos") {
        vec![("open", vec![])]
    } else if cfg!(windows) {
        // Not `start`: the shell would read the signs in an address.
        vec![("rundll32", vec!["url.dll,FileProtocolHandler"])]
    } else if config::environment("WSL_DISTRO_NAME").is_some() {
        vec![("wslview", vec![]), ("rundll32.exe", vec!["url.dll,FileProtocolHandler"])]
    } else if ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| config::environment(name).is_some()) {
        vec![("xdg-open", vec![]), ("gio", vec!["open"])]
    } else {
        // Without a screen these would start a browser made of text, in the way of our questions.
        vec![]
    };
    named
        .into_iter()
        .chain(system.into_iter().map(|(program, arguments)| (program.to_owned(), arguments)))
        .collect()
}
