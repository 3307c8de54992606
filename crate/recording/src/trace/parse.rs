//! Reads recordings: gzip-compressed or plain text, from a file or from bytes.

use super::error::{LineError, TraceError};
use super::event::{Access, Event, FileName, Map, Mode, Op, Process, Remap, Source, Trace};
use super::fields::{Fields, REMEDY, quoted};
use crate::counted::Counted;
use flate2::bufread::MultiGzDecoder;
use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

const HEADER: &str = "#faultline-trace\t1";
/// Longer than any valid line; a file without line ends is not a recording.
const LONGEST_LINE: u64 = 1 << 16;
/// Lines between two reports of progress.
const REPORT_EVERY: u32 = 4096;

/// Progress of reading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loading {
    /// Bytes of the file consumed so far.
    pub bytes: u64,
    /// Its size in bytes, if known.
    pub of: Option<u64>,
    /// Events read.
    pub events: usize,
}

/// How much a recording may have: what it takes to keep one is bounded by these, however well it is packed.
#[derive(Clone, Copy)]
struct Limits {
    /// Bytes of text, unpacked.
    text: u64,
    /// Events, at some 100 bytes each until they are played.
    events: usize,
    /// Processes and threads.
    processes: usize,
    /// Bytes in names of files and programs.
    names: usize,
}

/// Twenty times the events, and a thousand times the processes, of a build of zlib.
const LIMITS: Limits = Limits { text: 1 << 30, events: 4_000_000, processes: 250_000, names: 16 << 20 };

impl Trace {
    /// Reads the recording in a file, and reports how far it is.
    pub fn open(path: &Path, progress: impl FnMut(Loading)) -> Result<Trace, TraceError> {
        let refused = |source| TraceError::Open { path: path.into(), source };
        let file = File::open(path).map_err(refused)?;
        let size = file.metadata().map_err(refused)?;
        if size.is_dir() {
            return Err(refused(io::ErrorKind::IsADirectory.into()));
        }
        Trace::read(file, Some(size.len()), progress)
    }
    /// Reads a recording that is in memory.
    pub fn from_bytes(bytes: &[u8]) -> Result<Trace, TraceError> {
        Trace::read(bytes, Some(bytes.len() as u64), |_| {})
    }
    /// Reads a recording of `size` bytes, where that is known, and reports how far it is. One that
    /// is too large is refused where it becomes so.
    pub fn read(input: impl Read, size: Option<u64>, progress: impl FnMut(Loading)) -> Result<Trace, TraceError> {
        Trace::read_within(LIMITS, input, size, progress)
    }
    fn read_within(
        limits: Limits,
        input: impl Read,
        size: Option<u64>,
        mut progress: impl FnMut(Loading),
    ) -> Result<Trace, TraceError> {
        let bytes = Cell::new(0);
        let mut input = BufReader::with_capacity(1 << 16, Counted::new(input, &bytes));
        let zipped =
            input.fill_buf().map_err(|source| TraceError::Read { line: 0, source })?.starts_with(&[0x1f, 0x8b]);
        let mut report = |events| progress(Loading { bytes: bytes.get(), of: size, events });
        let mut reader = Reader::new(limits);
        let trace = if zipped {
            let text = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(input));
            reader.lines(text, zipped, &mut report)
        } else {
            reader.lines(input, zipped, &mut report)
        };
        trace.map(|()| reader.trace)
    }
}

/// State of a process while the file is read.
#[derive(Clone, Copy)]
struct Known {
    index: u32,
    /// The line of its exit, if any.
    gone: Option<u32>,
}

/// The state of reading: what the lines so far have named.
struct Reader {
    limits: Limits,
    trace: Trace,
    line: u32,
    /// Bytes of text, and of names in it, so far.
    text: u64,
    names: usize,
    processes: HashMap<u32, Known>,
    /// Files by number: index in the list, and the line that named them.
    files: HashMap<u32, (u32, u32)>,
    programs: HashMap<String, u32>,
}

impl Reader {
    fn new(limits: Limits) -> Reader {
        Reader {
            limits,
            trace: Trace::default(),
            line: 0,
            text: 0,
            names: 0,
            processes: HashMap::new(),
            files: HashMap::new(),
            programs: HashMap::new(),
        }
    }
    /// Refuses a recording that has more than it may.
    fn within(&self) -> Result<(), TraceError> {
        let Limits { text, events, processes, names } = self.limits;
        let sizes = [
            (self.trace.events.len() as u64, events as u64, "events"),
            (self.trace.processes.len() as u64, processes as u64, "processes"),
            (self.names as u64, names as u64, "bytes of names"),
            (self.text, text, "bytes of text"),
        ];
        match sizes.into_iter().find(|(size, most, _)| size > most) {
            Some((_, most, what)) => Err(TraceError::TooLarge { line: self.line, most, what }),
            None => Ok(()),
        }
    }
    fn lines(
        &mut self,
        mut text: impl BufRead,
        zipped: bool,
        report: &mut impl FnMut(usize),
    ) -> Result<(), TraceError> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let got = text.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut buffer);
            let got = got.map_err(|source| self.unreadable(source, zipped))?;
            if got == 0 {
                break;
            }
            self.line += 1;
            self.text += got as u64;
            if buffer.ends_with(b"\n") {
                buffer.pop();
            } else if buffer.len() as u64 == LONGEST_LINE {
                return Err(self
                    .whole("a line of at most 65536 bytes", "a longer one", "see that this is a recording")
                    .into());
            }
            let Ok(line) = std::str::from_utf8(&buffer) else {
                return Err(self.whole("text in UTF-8", "other bytes", "see that this is a recording").into());
            };
            self.take(line.strip_suffix('\r').unwrap_or(line))?;
            self.within()?;
            if self.line.is_multiple_of(REPORT_EVERY) {
                report(self.trace.events.len());
            }
        }
        if self.line == 0 {
            self.line = 1;
            return Err(self.no_header("an empty file").into());
        }
        report(self.trace.events.len());
        Ok(())
    }
    fn unreadable(&self, source: io::Error, zipped: bool) -> TraceError {
        let line = self.line;
        match source.kind() {
            io::ErrorKind::UnexpectedEof if zipped => TraceError::Gzip { line, what: "cut short".into() },
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData if zipped => {
                TraceError::Gzip { line, what: format!("damaged ({source})") }
            }
            _ => TraceError::Read { line, source },
        }
    }
    /// An error about the whole line.
    fn whole(&self, expected: &str, found: &str, remedy: &str) -> Box<LineError> {
        let (expected, found, remedy) = (expected.into(), found.into(), remedy.into());
        Box::new(LineError { line: self.line, field: None, expected, found, remedy })
    }
    fn no_header(&self, found: &str) -> Box<LineError> {
        let remedy = "see that the file is a recording of this format (#faultline-trace, one tab, 1)";
        self.whole("the header `#faultline-trace\\t1`", found, remedy)
    }

    fn take(&mut self, line: &str) -> Result<(), Box<LineError>> {
        if self.line == 1 {
            return if line == HEADER { Ok(()) } else { Err(self.no_header(&quoted(line))) };
        }
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let mut fields = Fields::new(self.line, line);
        if line.starts_with("file\t") {
            return self.file(&mut fields);
        }
        let time = fields.decimal("time")?;
        let cpu = fields.decimal("cpu")?;
        let number = fields.decimal::<u32>("process")?;
        let process = self.process(&fields, number)?;
        let operation = fields.text("operation", OPERATIONS)?;
        if self.trace.events.is_empty() && operation != "exec" {
            let remedy = "a recording begins with its first process, which has no parent, in an exec";
            return Err(fields.error("operation", "`exec`", quoted(operation), remedy));
        }
        let op = self.operation(&mut fields, operation, process)?;
        self.trace.events.push(Event { time, line: self.line, cpu, process, op });
        match op {
            Op::Exit => {
                self.trace.processes[process as usize].exits = true;
                self.processes.entry(number).and_modify(|known| known.gone = Some(self.line));
            }
            Op::Exec { .. } => return Ok(()),
            _ => {}
        }
        fields.end()
    }
    fn file(&mut self, fields: &mut Fields<'_>) -> Result<(), Box<LineError>> {
        fields.text("file", "`file`")?;
        let number = fields.decimal("number")?;
        if let Some((_, line)) = self.files.get(&number) {
            let found = format!("{number}, which line {line} has named");
            return Err(fields.error("number", "a new file number", found, "give each file a number of its own"));
        }
        let path = fields.tail("path", "a path")?;
        self.names += path.len();
        self.files.insert(number, (self.trace.files.len() as u32, self.line));
        self.trace.files.push(FileName { number, path });
        Ok(())
    }
    /// The process of the line: created, and not yet exited.
    fn process(&mut self, fields: &Fields<'_>, number: u32) -> Result<u32, Box<LineError>> {
        match self.processes.get(&number) {
            Some(&Known { index, gone: None }) => Ok(index),
            Some(Known { gone: Some(line), .. }) => {
                let found = format!("{number}, which exited in line {line}");
                Err(fields.error("process", "a living process", found, "take the line out, or record the file again"))
            }
            None if self.processes.is_empty() => Ok(self.born(number, None)),
            None => {
                let remedy = "a process needs a `fork`, `vfork` or `thread` line of its parent first";
                Err(fields.error("process", "a process that the lines before have named", number.to_string(), remedy))
            }
        }
    }
    fn born(&mut self, number: u32, parent: Option<u32>) -> u32 {
        let index = self.trace.processes.len() as u32;
        self.processes.insert(number, Known { index, gone: None });
        self.trace.processes.push(Process { number, parent, exits: false });
        index
    }
    fn child(&mut self, fields: &mut Fields<'_>, parent: u32) -> Result<u32, Box<LineError>> {
        let number = fields.decimal("child")?;
        if self.processes.contains_key(&number) {
            let found = format!("{number}, which was there before");
            return Err(fields.error("child", "the number of a new process", found, REMEDY));
        }
        Ok(self.born(number, Some(parent)))
    }
    fn operation(&mut self, fields: &mut Fields<'_>, operation: &str, process: u32) -> Result<Op, Box<LineError>> {
        Ok(match operation {
            "exec" => {
                let name = fields.tail("program", "the program's name")?;
                let next = self.programs.len() as u32;
                let program = *self.programs.entry(name).or_insert_with_key(|name| {
                    self.names += name.len();
                    self.trace.programs.push(name.clone());
                    next
                });
                Op::Exec { program }
            }
            "map" => self.map(fields)?,
            "unmap" => {
                let (start, len) = fields.range("start", "length", true)?;
                Op::Unmap { start, len }
            }
            "protect" => {
                let (start, len) = fields.range("start", "length", false)?;
                Op::Protect { start, len, prot: fields.protection()? }
            }
            "remap" => {
                let (old_start, old_len) = fields.range("old start", "old length", true)?;
                let (new_start, new_len) = fields.range("new start", "new length", true)?;
                self.trace.remaps.push(Remap { old_start, old_len, new_start, new_len });
                Op::Remap(self.trace.remaps.len() as u32 - 1)
            }
            "advise" => {
                let (start, len) = fields.range("start", "length", false)?;
                Op::Advise { start, len, advice: fields.decimal("advice")? }
            }
            "fork" => Op::Fork { child: self.child(fields, process)? },
            "vfork" => Op::Vfork { child: self.child(fields, process)? },
            "thread" => Op::Thread { child: self.child(fields, process)? },
            "fault" => Op::Fault {
                address: fields.address("address")?,
                access: fields.word("access", &[("r", Access::Read), ("w", Access::Write), ("x", Access::Execute)])?,
                protection: fields.word("translation", &[("absent", false), ("protection", true)])?,
                mode: fields.word("mode", &[("user", Mode::User), ("kernel", Mode::Kernel)])?,
            },
            "exit" => Op::Exit,
            other => return Err(fields.error("operation", OPERATIONS, quoted(other), REMEDY)),
        })
    }
    fn map(&mut self, fields: &mut Fields<'_>) -> Result<Op, Box<LineError>> {
        let (start, len) = fields.range("start", "length", true)?;
        let prot = fields.protection()?;
        let shared = fields.word("sharing", &[("private", false), ("shared", true)])?;
        const EXPECTED: &str = "`anon`, `heap`, `stack` or a file number";
        let source = match fields.text("source", EXPECTED)? {
            "anon" => Source::Anon,
            "heap" => Source::Heap,
            "stack" => Source::Stack,
            text => {
                let Ok(number) = text.parse() else {
                    return Err(fields.error("source", EXPECTED, quoted(text), REMEDY));
                };
                let Some(&(file, _)) = self.files.get(&number) else {
                    let remedy = "a file needs a `file` line before its first use";
                    return Err(fields.error(
                        "source",
                        "a file that the lines before have named",
                        quoted(text),
                        remedy,
                    ));
                };
                Source::File { file, offset: fields.pages("offset")? }
            }
        };
        self.trace.maps.push(Map { start, len, prot, shared, source });
        Ok(Op::Map(self.trace.maps.len() as u32 - 1))
    }
}

const OPERATIONS: &str =
    "one of `exec`, `map`, `unmap`, `protect`, `remap`, `advise`, `fork`, `vfork`, `thread`, `fault`, `exit`";

#[cfg(test)]
mod tests;
