//! A small HTTP server that does what a test says, well or badly, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With the query.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// An answer.
    Answer { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// An answer that announces more than it sends.
    Cut { body: Vec<u8> },
    /// An answer that announces more than it sends, and a connection that is reset behind it.
    Reset { body: Vec<u8> },
    /// Nothing, for this long.
    Stall(Duration),
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

/// A server on 127.0.0.1.
pub(crate) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts one. Its threads end with the test.
    pub(crate) fn new(handle: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (handle, log) = (Arc::new(handle), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (handle, log) = (Arc::clone(&handle), Arc::clone(&log));
                thread::spawn(move || {
                    let stream = stream.unwrap();
                    // A client that gave up is none of our business.
                    let _ = serve(&stream, |request| {
                        log.lock().unwrap().push(request.clone());
                        handle(request)
                    });
                });
            }
        });
        Self { port, requests }
    }

    /// One that does these things first, one after the other, and then what the other one does.
    pub(crate) fn after(
        first: impl IntoIterator<Item = Reply>,
        then: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let first = Mutex::new(first.into_iter().collect::<std::collections::VecDeque<_>>());
        Self::new(move |request| {
            let next = first.lock().unwrap().pop_front();
            next.unwrap_or_else(|| then(request))
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

fn serve(stream: &TcpStream, handle: impl Fn(&Request) -> Reply) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let request = read(&mut reader)?;
    let mut out = stream;
    let (status, headers, body, length) = match handle(&request) {
        Reply::Answer { status, headers, body } => {
            let length = body.len();
            (status, headers, body, length)
        }
        Reply::Cut { body } => {
            let length = body.len() + 1000;
            (200, Vec::new(), body, length)
        }
        Reply::Reset { body } => {
            // Closed at once, whatever is still on its way.
            socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO))?;
            let length = body.len() + 1000;
            (200, Vec::new(), body, length)
        }
        Reply::Stall(time) => {
            thread::sleep(time);
            return Ok(());
        }
    };
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(
        out,
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
    )?;
    out.write_all(&body)?;
    out.flush()
}

fn read(reader: &mut impl BufRead) -> std::io::Result<Request> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut parts = line.split_whitespace().map(str::to_owned);
    let (method, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request { method, target, headers, body: Vec::new() };
    if request.header("transfer-encoding") == Some("chunked") {
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let size = u64::from_str_radix(line.trim(), 16).unwrap_or(0);
            reader.take(size).read_to_end(&mut request.body)?;
            reader.read_line(&mut line)?;
            if size == 0 {
                break;
            }
        }
    } else {
        let length = request.header("content-length").and_then(|length| length.parse().ok());
        reader.take(length.unwrap_or(0)).read_to_end(&mut request.body)?;
    }
    Ok(request)
}
