//! A small static server, with or without the headers that isolate a page.

use anyhow::{Context, Result, anyhow};
use percent_encoding::percent_decode_str;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;
use tiny_http::{Header, Method, Request, Response, Server};

/// Number of simultaneous requests: a page asks for a dozen files at a time.
const THREADS: usize = 4;

/// Number of ports to try after the requested one, before taking any free one.
const TRIES: u16 = 20;

/// Nothing but what comes from here is run, shown or loaded; `index.html` says the same for other servers.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; object-src 'none'; \
                      base-uri 'none'";

/// A server that runs until it is dropped.
pub struct Running {
    server: Arc<Server>,
    address: SocketAddr,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Running {
    /// Serves `dir`. Port 0 means any free port; if another port is taken, the next free one is used.
    pub fn start(dir: &Path, host: &str, port: u16, isolated: bool) -> Result<Self> {
        let listener = listen(host, port)?;
        let address = listener.local_addr()?;
        let server = Server::from_listener(listener, None).map_err(|error| anyhow!("could not serve: {error}"))?;
        let server = Arc::new(server);
        let threads = (0..THREADS)
            .map(|_| {
                let (server, dir) = (Arc::clone(&server), dir.to_owned());
                thread::spawn(move || {
                    while let Ok(request) = server.recv() {
                        // A client that has disconnected no longer needs the answer.
                        let _gone = answer(&dir, isolated, request);
                    }
                })
            })
            .collect();
        Ok(Self { server, address, threads })
    }

    /// The address for a browser. A loopback address, which browsers trust without a certificate; not `localhost`,
    /// which may lead to another server on the same port of IPv6.
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{address}/")
    }

    /// Runs until the process is ended.
    pub fn wait(mut self) {
        for thread in self.threads.drain(..) {
            // A thread that panicked has printed so; the others continue.
            let _panicked = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for _ in &self.threads {
            self.server.unblock();
        }
    }
}

fn listen(host: &str, port: u16) -> Result<TcpListener> {
    let mut wished = if port == 0 { 0..=0 } else { port..=port.saturating_add(TRIES) };
    let taken = |error: &io::Error| error.kind() == io::ErrorKind::AddrInUse;
    wished
        .find_map(|port| match TcpListener::bind((host, port)) {
            Err(error) if taken(&error) => None,
            other => Some(other),
        })
        .unwrap_or_else(|| TcpListener::bind((host, 0)))
        .with_context(|| format!("could not listen on {host}, port {port}"))
}

fn answer(dir: &Path, isolated: bool, request: Request) -> io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::empty(405));
    }
    let file = find(dir, request.url()).and_then(|path| Some((File::open(&path).ok()?, path)));
    let Some((file, path)) = file else {
        let mut response = Response::from_string("Not found\n").with_status_code(404);
        for header in headers(isolated, "text/plain; charset=utf-8") {
            response.add_header(header);
        }
        return request.respond(response);
    };
    let mut response = Response::from_file(file);
    for header in headers(isolated, mime(&path)) {
        response.add_header(header);
    }
    request.respond(response)
}

fn headers(isolated: bool, mime: &str) -> Vec<Header> {
    let mut fields = vec![
        ("Content-Type", mime),
        // May be rebuilt at any time: browsers must revalidate.
        ("Cache-Control", "no-cache"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", POLICY),
    ];
    if isolated {
        fields.push(("Cross-Origin-Opener-Policy", "same-origin"));
        fields.push(("Cross-Origin-Embedder-Policy", "require-corp"));
    }
    fields.into_iter().filter_map(|(name, value)| Header::from_bytes(name, value).ok()).collect()
}

/// The file at a URL, if it is in `dir`.
fn find(dir: &Path, url: &str) -> Option<PathBuf> {
    let path = percent_decode_str(url.split(['?', '#']).next()?).decode_utf8().ok()?;
    let mut file = dir.to_owned();
    for part in Path::new(path.trim_start_matches('/')).components() {
        match part {
            Component::Normal(name) => file.push(name),
            Component::CurDir => {}
            _ => return None,
        }
    }
    if file.is_dir() {
        file.push("index.html");
    }
    file.is_file().then_some(file)
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" | "webmanifest" => "application/json; charset=utf-8",
        "txt" | "md" | "toml" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{POLICY, Running, find};
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::path::Path;

    fn get(port: u16, path: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn only_files_inside_are_found() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(find(dir, "/src/serve.rs?x=1"), Some(dir.join("src/serve.rs")));
        assert_eq!(find(dir, "/src/%73erve.rs"), Some(dir.join("src/serve.rs")));
        assert_eq!(find(dir, "/../../Cargo.toml"), None);
        assert_eq!(find(dir, "/..%2f..%2fCargo.toml"), None);
        assert_eq!(find(dir, "/src"), None);
        assert_eq!(find(dir, "/src/%zz"), None);
    }

    #[test]
    fn isolation_headers_are_optional_and_a_taken_port_is_skipped() -> anyhow::Result<()> {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        let isolated = Running::start(dir, "127.0.0.1", 0, true)?;
        let port = isolated.address.port();
        let plain = Running::start(dir, "127.0.0.1", port, false)?;
        assert_ne!(plain.address.port(), port);

        let with = get(port, "/Cargo.toml")?;
        assert!(with.starts_with("HTTP/1.1 200"), "{with}");
        assert!(with.contains("Cross-Origin-Opener-Policy: same-origin"), "{with}");
        assert!(with.contains("Cross-Origin-Embedder-Policy: require-corp"), "{with}");
        assert!(with.contains(&format!("Content-Security-Policy: {POLICY}\r\n")), "{with}");
        let without = get(plain.address.port(), "/Cargo.toml")?;
        assert!(!without.contains("Embedder"), "{without}");
        assert!(get(port, "/none")?.starts_with("HTTP/1.1 404"));
        Ok(())
    }

    #[test]
    fn the_page_and_the_server_have_the_same_content_security_policy() -> std::io::Result<()> {
        let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../index.html"))?;
        assert!(page.contains(&format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\" />")));
        Ok(())
    }
}
