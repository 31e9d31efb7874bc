//! Keep-alive for replies that take long: a comment now and then keeps proxies from giving up.
//!
//! A stateless call sends its head with its first message. Where that does not come soon, a stream is begun without
//! it, in which the reply follows.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, StreamExt as _};

use super::limits::MAX_REPLY_BYTES;

/// The longest silence that a client and its proxies hear.
pub(super) const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);

const COMMENT: Bytes = Bytes::from_static(b": still at work\n\n");

type Reply = Pin<Box<dyn Future<Output = Response> + Send>>;

/// The reply, or where it is late a stream that waits for it.
pub(super) async fn with_keep_alive(
    reply: impl Future<Output = Response> + Send + 'static,
    interval: Duration,
) -> Response {
    let mut reply: Reply = Box::pin(reply);
    tokio::select! {
        response = reply.as_mut() => return response,
        () = tokio::time::sleep(interval) => {}
    }
    let waiting = stream::unfold(Some(reply), move |state| async move {
        let mut reply = state?;
        let part = tokio::select! {
            response = reply.as_mut() => return Some((as_events(response).await, None)),
            () = tokio::time::sleep(interval) => COMMENT,
        };
        Some((Body::from(part), Some(reply)))
    });
    let body = stream::once(async { Body::from(COMMENT) }).chain(waiting).flat_map(Body::into_data_stream);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (StatusCode::OK, headers, Body::from_stream(body)).into_response()
}

/// The body of a reply as events.
async fn as_events(response: Response) -> Body {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    match kind {
        Some(kind) if kind.starts_with("text/event-stream") => return response.into_body(),
        Some(kind) if kind.starts_with("application/json") => {}
        // Not a message: the stream's end tells the client that nothing comes.
        _ => return Body::empty(),
    }
    let json = axum::body::to_bytes(response.into_body(), MAX_REPLY_BYTES).await.unwrap_or_default();
    let parts = [Bytes::from_static(b"data: "), json, Bytes::from_static(b"\n\n")];
    Body::from_stream(stream::iter(parts.map(Ok::<_, Infallible>)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply() -> Response {
        axum::Json(serde_json::json!({"id": 1})).into_response()
    }

    #[tokio::test]
    async fn a_reply_in_time_is_left_alone() {
        let response = with_keep_alive(async { reply() }, KEEP_ALIVE_INTERVAL).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        assert_eq!(axum::body::to_bytes(response.into_body(), MAX_REPLY_BYTES).await.unwrap(), r#"{"id":1}"#);
    }

    #[tokio::test]
    async fn a_late_reply_follows_comments_as_an_event() {
        let (done, waiting) = tokio::sync::oneshot::channel::<()>();
        let late = async {
            let _ = waiting.await;
            reply()
        };
        let response = with_keep_alive(late, Duration::from_millis(5)).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut parts = response.into_body().into_data_stream();
        for _ in 0..3 {
            assert_eq!(parts.next().await.unwrap().unwrap(), COMMENT);
        }
        done.send(()).unwrap();
        let mut rest = Vec::new();
        while let Some(part) = parts.next().await {
            rest.extend(part.unwrap().into_iter());
        }
        let rest = String::from_utf8(rest).unwrap();
        assert!(rest.ends_with("data: {\"id\":1}\n\n"), "{rest}");
    }
}
