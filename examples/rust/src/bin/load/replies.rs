//! A Jira that answers at once: it asks the embedded one the first time, and repeats the reply after that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::Outcome;
use super::wire::field;

/// Replies, by request line and body.
type Known = Arc<Mutex<HashMap<(String, Vec<u8>), Vec<u8>>>>;

/// Answers in place of the Jira at this address. Returns where.
pub(crate) async fn repeat(jira: &str) -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let (jira, known) = (jira.to_owned(), Known::default());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (jira, known) = (jira.clone(), Arc::clone(&known));
            tokio::spawn(async move {
                if let Err(error) = serve(stream, &jira, &known).await {
                    eprintln!("a connection to Jira failed: {error}");
                }
            });
        }
    });
    Ok(address)
}

async fn serve(stream: TcpStream, jira: &str, known: &Known) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some((head, body)) = message(&mut stream).await? {
        let line = head.lines().next().unwrap_or_default().to_owned();
        let request = (line, body);
        let kept = known.lock().unwrap_or_else(PoisonError::into_inner).get(&request).cloned();
        let reply = match kept {
            Some(reply) => reply,
            None => {
                let mut jira = BufReader::new(TcpStream::connect(jira).await?);
                jira.get_mut().write_all(&[head.as_bytes(), &request.1].concat()).await?;
                let (head, body) = message(&mut jira).await?.ok_or("Jira closed the connection")?;
                let reply = [head.as_bytes(), &body].concat();
                known.lock().unwrap_or_else(PoisonError::into_inner).insert(request, reply.clone());
                reply
            }
        };
        stream.get_mut().write_all(&reply).await?;
    }
    Ok(())
}

/// A request or a reply; none at the end of the connection.
async fn message(stream: &mut BufReader<TcpStream>) -> Outcome<Option<(String, Vec<u8>)>> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    let mut body = vec![0; field(&head, "content-length").unwrap_or("0").parse()?];
    stream.read_exact(&mut body).await?;
    Ok(Some((head, body)))
}
