//! The start without credentials: the set-up page, until there is an App.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::healthcheck::reachable;
use crate::forge::github::registering;
use crate::settings::Settings;
use crate::web::{self, SetUp, SetUpKey};

/// Shows the page until an App is kept, and gives back the key that goes on opening what comes
/// next; `None` if it was told to stop before.
pub(super) async fn run(
    settings: &Settings,
    listener: TcpListener,
    shutdown: &CancellationToken,
) -> anyhow::Result<Option<SetUpKey>> {
    let web_url = registering::web_url(&settings.api_url).context("github.api_url")?;
    let on_call: crate::forge::github::OnCall = Arc::new(|_| {});
    let file = settings.app_file.clone();
    let set_up = SetUp::new(&settings.api_url, &web_url, file, on_call);
    let (key, done) = (set_up.key.clone(), set_up.done.clone());
    let address = reachable(listener.local_addr()?);
    // Not into the log, which others may read.
    let mut out = std::io::stdout();
    writeln!(
        out,
        "labhand has no App and no token yet. Make an App on this page, or see `labhand help serve`:\n\n  \
         http://{address}/-/set-up?key={}\n",
        key.show()
    )?;
    out.flush()?;
    let stop = shutdown.child_token();
    let serving = web::serve(listener, set_up.router(), stop.clone());
    let ending = async {
        tokio::select! {
            () = done.cancelled() => {}
            () = shutdown.cancelled() => {}
        }
        stop.cancel();
    };
    tokio::join!(serving, ending);
    Ok(done.is_cancelled().then_some(key))
}
