//! A small static server, with or without the headers that isolate a page. It sends a file's compressed form, if one lies
//! beside it and the browser takes it, and lets a browser keep what it has.

use anyhow::{Context, Result, anyhow};
use percent_encoding::percent_decode_str;
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::UNIX_EPOCH;
use tiny_http::{Header, Method, Request, Response, Server};

/// Number of simultaneous requests: a page asks for a dozen files at a time.
const THREADS: usize = 4;

/// Number of ports to try after the requested one, before taking any free one.
const TRIES: u16 = 20;

/// Nothing but what comes from here is run, shown or loaded; `index.html` says the same for other servers.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                      img-src 'self' blob:; object-src 'none'; base-uri 'none'";

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
    let Some(path) = find(dir, request.url()) else { return not_found(isolated, request) };
    let (form, coding) = form(&path, field(&request, "Accept-Encoding").unwrap_or_default());
    let Some((file, tag)) = File::open(&form).ok().and_then(|file| Some((file, tag(&form)?))) else {
        return not_found(isolated, request);
    };
    let keep = if is_hashed(&path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut fields = headers(isolated, mime(&path), keep);
    fields.extend(header("ETag", &tag));
    fields.extend(header("Vary", "Accept-Encoding"));
    fields.extend(coding.and_then(|coding| header("Content-Encoding", coding)));
    if field(&request, "If-None-Match").is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return send(request, Response::empty(304), fields);
    }
    send(request, Response::from_file(file), fields)
}

fn not_found(isolated: bool, request: Request) -> io::Result<()> {
    let response = Response::from_string("Not found\n").with_status_code(404);
    send(request, response, headers(isolated, "text/plain; charset=utf-8", "no-cache"))
}

fn send<R: io::Read>(request: Request, mut response: Response<R>, fields: Vec<Header>) -> io::Result<()> {
    for field in fields {
        response.add_header(field);
    }
    request.respond(response)
}

fn field<'a>(request: &'a Request, name: &'static str) -> Option<&'a str> {
    request.headers().iter().find(|header| header.field.equiv(name)).map(|header| header.value.as_str())
}

/// Compressed forms, the smaller one first: how a browser calls them, and how their names end.
const FORMS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// The form of a file that is sent to a browser that accepts `accepted`, and its coding.
fn form(path: &Path, accepted: &str) -> (PathBuf, Option<&'static str>) {
    let takes = |coding: &str| {
        accepted.split(',').any(|one| {
            let (name, weight) = one.split_once(";q=").unwrap_or((one, "1"));
            name.trim() == coding && weight.trim().parse().is_ok_and(|weight: f32| weight > 0.0)
        })
    };
    let packed = FORMS.into_iter().filter(|(coding, _)| takes(coding)).find_map(|(coding, suffix)| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{suffix}"));
        // One that is older than the file is of another build.
        let newer = modified(Path::new(&name))? >= modified(path)?;
        newer.then(|| (PathBuf::from(name), Some(coding)))
    });
    packed.unwrap_or_else(|| (path.to_owned(), None))
}

/// When a file was written, in nanoseconds.
fn modified(path: &Path) -> Option<u128> {
    Some(fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos())
}

/// What tells two versions of a file, and its forms, apart.
fn tag(path: &Path) -> Option<String> {
    let form = path.extension()?.to_str()?;
    Some(format!("\"{:x}-{:x}-{form}\"", modified(path)?, fs::metadata(path).ok()?.len()))
}

/// Whether the bundler has put a hash of the contents into the name: `assets/app-CcQBwt_g.js`.
fn is_hashed(path: &Path) -> bool {
    let in_assets = path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "assets");
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let hash = stem.get(stem.len().saturating_sub(9)..).and_then(|end| end.strip_prefix('-'));
    in_assets && hash.is_some_and(|hash| hash.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'))
}

fn header(name: &str, value: &str) -> Option<Header> {
    Header::from_bytes(name, value).ok()
}

fn headers(isolated: bool, mime: &str, keep: &str) -> Vec<Header> {
    let mut fields = vec![
        ("Content-Type", mime),
        // What may be built anew under the same name is asked for again.
        ("Cache-Control", keep),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", POLICY),
    ];
    if isolated {
        fields.push(("Cross-Origin-Opener-Policy", "same-origin"));
        fields.push(("Cross-Origin-Embedder-Policy", "require-corp"));
    }
    fields.into_iter().filter_map(|(name, value)| header(name, value)).collect()
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
    use std::path::{Path, PathBuf};

    fn get(port: u16, path: &str) -> std::io::Result<String> {
        ask(port, path, "")
    }

    fn ask(port: u16, path: &str, fields: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}\r\n")?;
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

    /// A folder with a site of two files, one of them with a hash in its name, and what lies beside that.
    struct Site(PathBuf);

    impl Site {
        fn new() -> anyhow::Result<Self> {
            let dir = std::env::temp_dir().join(format!("faultline-serve-{}", std::process::id()));
            std::fs::create_dir_all(dir.join("assets"))?;
            let files =
                ["index.html", "assets/app-CcQBwt_g.js", "assets/app-CcQBwt_g.js.br", "assets/app-CcQBwt_g.js.gz"];
            files.iter().try_for_each(|name| std::fs::write(dir.join(name), format!("this is {name}")))?;
            Ok(Self(dir))
        }
    }

    impl Drop for Site {
        fn drop(&mut self) {
            _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_browser_gets_the_smallest_form_that_it_takes_and_keeps_what_it_has() -> anyhow::Result<()> {
        let site = Site::new()?;
        let running = Running::start(&site.0, "127.0.0.1", 0, false)?;
        let port = running.address.port();
        let asset = "/assets/app-CcQBwt_g.js";

        for (accepted, coding, file) in [
            ("gzip, deflate, br", Some("br"), ".js.br"),
            ("gzip, br;q=0", Some("gzip"), ".js.gz"),
            ("identity", None, ".js"),
        ] {
            let answer = ask(port, asset, &format!("Accept-Encoding: {accepted}\r\n"))?;
            assert_eq!(coding.is_some(), answer.contains("Content-Encoding"), "{answer}");
            assert!(
                coding.is_none_or(|coding| answer.contains(&format!("Content-Encoding: {coding}\r\n"))),
                "{answer}"
            );
            assert!(answer.contains("Content-Type: text/javascript"), "{answer}");
            assert!(answer.contains("Cache-Control: public, max-age=31536000, immutable\r\n"), "{answer}");
            assert!(answer.ends_with(&format!("this is assets/app-CcQBwt_g{file}")), "{answer}");
        }

        // The front page has no form of its own, and may be another tomorrow.
        let front = ask(port, "/", "Accept-Encoding: br\r\n")?;
        assert!(front.contains("Cache-Control: no-cache\r\n") && front.ends_with("this is index.html"), "{front}");
        let tag =
            front.split("ETag: ").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap_or_default().to_owned();
        let again = ask(port, "/", &format!("If-None-Match: \"old\", {tag}\r\n"))?;
        assert!(again.starts_with("HTTP/1.1 304") && !again.contains("this is"), "{again}");
        std::fs::write(site.0.join("index.html"), "this is new")?;
        let changed = ask(port, "/", &format!("If-None-Match: {tag}\r\n"))?;
        assert!(changed.starts_with("HTTP/1.1 200") && changed.ends_with("this is new"), "{changed}");
        Ok(())
    }

    #[test]
    fn the_page_and_the_server_have_the_same_content_security_policy() -> std::io::Result<()> {
        let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../index.html"))?;
        assert!(page.contains(&format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\" />")));
        Ok(())
    }
}
