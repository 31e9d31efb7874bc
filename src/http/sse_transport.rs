//! The HTTP+SSE transport of 2024-11-05 between its two routes and rmcp, which has no server side of it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{Sink, Stream};
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Both ends of a session, as rmcp takes a transport.
pub(super) type SseTransport = (ServerMessageSink, ClientMessageStream);

/// The messages of the server in a session. It never waits, as rmcp lets answers that wait pile up without an end: a
/// session whose client takes nothing is over.
pub(super) struct ServerMessageSink {
    pub(super) queue: mpsc::Sender<ServerJsonRpcMessage>,
    pub(super) end: CancellationToken,
}

impl Sink<ServerJsonRpcMessage> for ServerMessageSink {
    type Error = io::Error;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(self: Pin<&mut Self>, message: ServerJsonRpcMessage) -> io::Result<()> {
        self.queue.try_send(message).map_err(|_| {
            self.end.cancel();
            io::Error::other("the client takes nothing")
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The messages of the client in a session.
pub(super) struct ClientMessageStream(pub(super) mpsc::Receiver<ClientJsonRpcMessage>);

impl Stream for ClientMessageStream {
    type Item = ClientJsonRpcMessage;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}
