//! Words of FreeBSD's virtual memory that mean nothing here yet. `docs/modelled.md` is the whole of it.

/// Where messages send whoever misses something.
pub(super) const DOCS: &str = "docs/modelled.md";

/// System calls, by what they would need.
pub(super) const OPERATIONS: &[(&str, &str)] = &[
    ("mlock", "wired memory"),
    ("munlock", "wired memory"),
    ("mlockall", "wired memory"),
    ("munlockall", "wired memory"),
    ("wire", "wired memory"),
    ("unwire", "wired memory"),
    ("msync", "msync; `pageout` writes a page to its file"),
    ("fsync", "fsync; `pageout` writes a page to its file"),
    ("mincore", "mincore; `expect page(O 0) = …` looks at a page"),
    ("mremap", "mremap, which FreeBSD does not have either"),
    ("ptrace", "writes by a debugger"),
    ("procctl", "procctl"),
    ("truncate", "files that become shorter"),
    ("ftruncate", "files that become shorter"),
    ("read", "files that are read without a mapping"),
    ("pread", "files that are read without a mapping"),
    ("write", "files that are written without a mapping"),
    ("pwrite", "files that are written without a mapping"),
    ("sendfile", "sendfile"),
    ("open", "open files; a `file` of the set-up is mapped by its name"),
    ("close", "open files; a `file` of the set-up is mapped by its name"),
    ("shm_open", "shared-memory objects; `mmap va0 shared` and a fork share memory"),
    ("shmget", "System V shared memory; `mmap va0 shared` and a fork share memory"),
    ("shmat", "System V shared memory; `mmap va0 shared` and a fork share memory"),
    ("shmdt", "System V shared memory; `mmap va0 shared` and a fork share memory"),
    ("rfork", "rfork; `vfork` shares an address space, and tasks of one process are its threads"),
    ("brk", "brk"),
    ("sbrk", "brk"),
    ("swapon", "swap devices that come and go; the header's `swap` makes one"),
    ("swapoff", "swap devices that come and go; the header's `swap` makes one"),
    ("kill", "signals that somebody sends"),
    ("vmspace_fork", "kernel routines by name; write `fork C`"),
    ("vm_fault", "kernel routines by name; write `load va0` or `store va0`"),
    ("fetch", "instruction fetches"),
    ("jump", "instruction fetches"),
];

/// Advices of `madvise`, as its manual page names them without `MADV_`.
pub(super) const ADVICES: &[(&str, &str)] = &[
    ("willneed", "MADV_WILLNEED"),
    ("protect", "MADV_PROTECT"),
    ("populate", "MADV_POPULATE, which FreeBSD does not have either"),
];

/// Flags of `mmap`, as its manual page names them without `MAP_`.
pub(super) const MAPPINGS: &[(&str, &str)] = &[
    ("guard", "MAP_GUARD; a `none` mapping faults as well"),
    ("nosync", "MAP_NOSYNC"),
    ("nocore", "core dumps"),
    ("prefault_read", "MAP_PREFAULT_READ"),
    ("populate", "MAP_POPULATE, which FreeBSD does not have either"),
    ("superpage", "superpages"),
    ("aligned_super", "superpages"),
    ("hugetlb", "superpages"),
    ("excl", "MAP_EXCL"),
    ("device", "device memory"),
    ("w", "a protection without reading"),
    ("x", "a protection without reading"),
    ("wx", "a protection without reading"),
];

/// What is missing where `word` stands, whatever its letters' case and its prefix are.
pub(super) fn find(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let bare = ["madv_", "map_"].iter().find_map(|prefix| word.strip_prefix(prefix)).unwrap_or(&word);
    table.iter().find(|(known, _)| *known == bare).map(|&(_, what)| what)
}
