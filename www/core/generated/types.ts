/* Made of the Rust types by crate/wasm/tests/types.rs, which says how to make it anew. */

/**
 * Why a process has no address space.
 */
export type Absent = "unborn" | "killed" | "exited";

/**
 * A thing that has a number from some event on, until the next thing gets it.
 */
export type Born = { 
/**
 * Its number in events.
 */
id: number, 
/**
 * The event of the stream, set-up included, from which on the thing has the number.
 */
from: number, 
/**
 * Its name.
 */
name: string, };

/**
 * A page that a task holds busy or waits for.
 */
export type BusyPage = { 
/**
 * Its frame.
 */
frame: FrameNo, 
/**
 * Its object, if it has one.
 */
object: ObjectId | null, 
/**
 * Its index there.
 */
page: PageIndex | null, };

/**
 * A decoded busy word (vm.md §5.1).
 */
export type BusyState = { "busy": "none" } | { "busy": "shared", 
/**
 * How many.
 */
holders: number, } | { "busy": "exclusive", 
/**
 * The task that holds it.
 */
owner: TaskId, } | { "busy": "freed" };

/**
 * All that can be named, with scenarios as `S`: a [`ScenarioSummary`] or a [`ScenarioEntry`].
 */
export type Catalog = { 
/**
 * The gallery, in its order.
 */
scenarios: Array<ScenarioInfo>, 
/**
 * The presets, oldest first.
 */
presets: Array<PresetInfo>, 
/**
 * The switches in which presets differ.
 */
switches: Array<SwitchInfo>, 
/**
 * The settings.
 */
settings: Array<SettingInfo>, 
/**
 * Switches that no preset has on.
 */
defects: Array<SwitchInfo>, };

/**
 * A wait channel: what a sleeping task waits for.
 */
export type Channel = { "on": "lock", 
/**
 * Which lock.
 */
lock: LockId, } | { "on": "busy", 
/**
 * The page.
 */
page: FrameNo, } | { "on": "pip", 
/**
 * The object.
 */
object: ObjectId, } | { "on": "object_busy", 
/**
 * The object.
 */
object: ObjectId, } | { "on": "vfork", 
/**
 * The task that waits.
 */
parent: TaskId, } | { "on": "memory" };

/**
 * A simulated CPU with its own TLB.
 */
export type CpuId = number;

/**
 * A `vm_map_entry`.
 */
export type EntryId = number;

/**
 * A map entry, as events carry it.
 */
export type EntryView = { 
/**
 * First byte.
 */
start: VirtAddr, 
/**
 * One past the last byte.
 */
end: VirtAddr, 
/**
 * The object, if there is one yet.
 */
object: ObjectId | null, 
/**
 * Page index of `start` in the object.
 */
offset: PageIndex, 
/**
 * What it permits; in JSON `VM_PROT_READ` 1, `WRITE` 2, `EXECUTE` 4.
 */
protection: number, 
/**
 * What a fork does with it; in JSON `VM_INHERIT_SHARE` 0, `COPY` 1, `NONE` 2, `ZERO` 3.
 */
inheritance: number, 
/**
 * The entry is copy-on-write.
 */
cow: boolean, 
/**
 * The object must be shadowed before the first write.
 */
needs_copy: boolean, 
/**
 * A stack that grows down, or the gap below one.
 */
stack: boolean, };

/**
 * A verdict without what belongs to it, or that there is none.
 */
export type Established = "found" | "complete" | "bounded" | "unsound" | "stopped";

/**
 * What happened. Field names are those of the kernel's structures.
 */
export type Event = { "kind": "point", at: Step, } | { "kind": "op_start", op: number, } | { "kind": "op_end", op: number, error: number, } | { "kind": "op_skip", op: number, process: ProcId, why: Absent, } | { "kind": "signal", va: VirtAddr, signal: number, } | { "kind": "acquire", lock: LockId, mode: Mode, } | { "kind": "release", lock: LockId, } | { "kind": "sleep", channel: Channel, } | { "kind": "wakeup", channel: Channel, tasks: number, } | { "kind": "process", process: ProcId, space: SpaceId, parent: ProcId | null, } | { "kind": "process_exec", process: ProcId, space: SpaceId, } | { "kind": "process_exit", process: ProcId, } | { "kind": "entry_set", space: SpaceId, entry: EntryId, view: EntryView, } | { "kind": "entry_remove", space: SpaceId, entry: EntryId, } | { "kind": "object_new", object: ObjectId, vnode: boolean, size: number, 
/**
 * The file whose object it is.
 */
file: FileId | null, } | { "kind": "object_ref", object: ObjectId, count: number, } | { "kind": "object_pip", object: ObjectId, count: number, } | { "kind": "object_flags", object: ObjectId, 
/**
 * In JSON their bits.
 */
flags: number, } | { "kind": "object_size", object: ObjectId, size: number, } | { "kind": "object_link", object: ObjectId, backing: ObjectId, offset: number, } | { "kind": "object_unlink", object: ObjectId, backing: ObjectId, } | { "kind": "object_free", object: ObjectId, } | { "kind": "page_alloc", page: FrameNo, object: ObjectId, index: PageIndex, } | { "kind": "page_remove", page: FrameNo, object: ObjectId, index: PageIndex, } | { "kind": "page_insert", page: FrameNo, object: ObjectId, index: PageIndex, } | { "kind": "page_rename", page: FrameNo, from: ObjectId, from_index: PageIndex, to: ObjectId, to_index: PageIndex, } | { "kind": "page_free", page: FrameNo, } | { "kind": "page_busy", page: FrameNo, state: BusyState, } | { "kind": "page_valid", page: FrameNo, valid: boolean, } | { "kind": "page_dirty", page: FrameNo, dirty: boolean, } | { "kind": "page_copy", from: FrameNo, to: FrameNo, value: bigint, } | { "kind": "page_zero", page: FrameNo, } | { "kind": "page_fill", page: FrameNo, value: bigint, } | { "kind": "page_write", page: FrameNo, file: FileId | null, value: bigint, } | { "kind": "swap_block", object: ObjectId, index: PageIndex, held: boolean, } | { "kind": "access", cpu: CpuId, space: SpaceId, va: VirtAddr, page: FrameNo, write: boolean, value: bigint, expected: bigint, } | { "kind": "hardware_fault", cpu: CpuId, va: VirtAddr, code: number, } | { "kind": "entry", space: SpaceId, va: VirtAddr, level: number, bits: bigint, } | { "kind": "tlb_fill", cpu: CpuId, va: VirtAddr, bits: bigint, } | { "kind": "tlb_drop", cpu: CpuId, va: VirtAddr, } | { "kind": "tlb_flush", cpu: CpuId, } | { "kind": "activate", cpu: CpuId, space: SpaceId, } | { "kind": "deactivate", cpu: CpuId, space: SpaceId, } | { "kind": "table_alloc", space: SpaceId, level: number, page: FrameNo, } | { "kind": "table_free", space: SpaceId, page: FrameNo, } | { "kind": "fault_enter", va: VirtAddr, write: boolean, protection: boolean, } | { "kind": "fault_lookup", object: ObjectId, index: PageIndex, writable: boolean, } | { "kind": "fault_walk", object: ObjectId, index: PageIndex, } | { "kind": "fault_found", page: FrameNo, object: ObjectId, index: PageIndex, } | { "kind": "fault_restart", why: Restart, } | { "kind": "fault_relookup", ok: boolean, } | { "kind": "fault_end", va: VirtAddr, resolved: FaultKind | null, 
/**
 * Why it failed; in JSON the code, 0 for success.
 */
error: number, protection: boolean, chain: number, } | { "kind": "collapse", object: ObjectId, backing: ObjectId, } | { "kind": "collapse_refused", object: ObjectId, backing: ObjectId, why: Refusal, page: FrameNo | null, } | { "kind": "collapse_scan", object: ObjectId, page: FrameNo, what: ScanStep, } | { "kind": "collapsed", object: ObjectId, backing: ObjectId, } | { "kind": "bypass", object: ObjectId, backing: ObjectId, by_count: boolean, } | { "kind": "split", object: ObjectId, into: ObjectId, } | { "kind": "found", finding: FindingKind, object: ObjectId | null, page: PageIndex | null, };

/**
 * Faults taken, each counted once by how it was resolved; and, independently, those that a present translation
 * caused.
 */
export type FaultCounts = { 
/**
 * Only the mapping was missing.
 */
soft: number, 
/**
 * A fresh zero page.
 */
zero_fill: number, 
/**
 * A copy from a backing object.
 */
cow_copy: number, 
/**
 * A page moved up from a backing object.
 */
cow_rename: number, 
/**
 * A pager read it.
 */
pager: number, 
/**
 * With P = 1 in the error code; counted besides.
 */
protection: number, };

/**
 * How a fault was resolved.
 */
export type FaultKind = "soft" | "zero_fill" | "cow_copy" | "cow_rename" | "pager";

/**
 * A file, the thing behind a vnode object.
 */
export type FileId = number;

/**
 * A finding: a violated property, and where and when it showed.
 */
export type Finding = { 
/**
 * Its kind.
 */
kind: FindingKind, 
/**
 * The property by its name in vm.md §16 (`I13`, `E06`, `A-page-2`) or `oracle`.
 */
property: string, 
/**
 * The step at which it showed (points passed by all tasks).
 */
step: number, 
/**
 * The task that ran.
 */
task: TaskId, 
/**
 * The object concerned.
 */
object: ObjectId | null, 
/**
 * The page index concerned, in that object.
 */
page: PageIndex | null, 
/**
 * The frame that was this page.
 */
frame: FrameNo | null, 
/**
 * The translations to that frame at this moment. Stepped only, as is what follows.
 */
mappings: Array<Mapping>, 
/**
 * The tasks that held or waited for something at this moment.
 */
tasks: Array<Involved>, 
/**
 * A description, with the names and values that matter.
 */
detail: string, };

/**
 * Kind of a finding (rulings R11).
 */
export type FindingKind = "freed-while-mapped" | "foreign" | "zeroed" | "stale" | "future" | "assertion" | "tlb" | "expectation" | "deadlock" | "lost-wakeup" | "livelock";

/**
 * A finding with the scenario's names.
 */
export type FindingReport = { 
/**
 * Its kind.
 */
kind: FindingKind, 
/**
 * The property by its name: `I13`, `E06`, `A-page-2`, `oracle`, `expect` …
 */
property: string, 
/**
 * Points passed by all tasks when it was found.
 */
step: number, 
/**
 * The task that was running.
 */
task: string, 
/**
 * The object concerned.
 */
object: string | null, 
/**
 * The index of the page concerned, in that object.
 */
page: number | null, 
/**
 * The scenario's name for the page.
 */
page_name: string | null, 
/**
 * The mappings of the page at that moment.
 */
mappings: Array<MappingReport>, 
/**
 * The tasks that held or waited for something at that moment.
 */
tasks: Array<InvolvedReport>, 
/**
 * The number of the earlier finding that it follows from, from 0: they have one cause.
 */
follows?: number, 
/**
 * Description.
 */
detail: string, 
/**
 * The same in sentences, with the mappings of the page and the tasks that held or waited for something.
 */
told: Array<string>, };

/**
 * A finding and the schedule that leads to it.
 */
export type FoundReport = { 
/**
 * Its kind.
 */
kind: FindingKind, 
/**
 * The kind in words.
 */
words: string, 
/**
 * The property by its name.
 */
property: string, 
/**
 * Description.
 */
detail: string, 
/**
 * The choices up to the finding; the run continues in task order.
 */
choices: string, 
/**
 * Points passed by all tasks when it was found.
 */
steps: number, 
/**
 * Scheduling steps up to and including the one with the finding.
 */
turns: number, 
/**
 * Preemptions: how often a runnable task is left.
 */
preemptions: number, 
/**
 * Proven: no schedule has fewer preemptions. Otherwise the search just found none.
 */
fewest: boolean, 
/**
 * Text of the reduced scenario, if it was reduced.
 */
scenario: string | null, };

/**
 * A frame number: a physical address divided by the page size. It also
 * names the `vm_page` of that frame.
 */
export type FrameNo = number;

/**
 * What a task that can run would do next.
 */
export type Hint = { 
/**
 * Which.
 */
task: number, 
/**
 * A phrase with marks and without its subject.
 */
text: string, };

/**
 * What a task held or waited for at the time of a finding.
 */
export type Involved = { 
/**
 * The task.
 */
task: TaskId, 
/**
 * The step before which it stood, or which it was taking.
 */
at: Step | null, 
/**
 * The locks it held, in order of acquisition.
 */
locks: Array<[LockId, Mode]>, 
/**
 * The pages it had exclusively busy.
 */
busy: Array<BusyPage>, 
/**
 * What it slept on.
 */
waits_for: Channel | null, 
/**
 * The page of which it waited for the busy lock.
 */
waits_page: BusyPage | null, };

/**
 * What a task held or waited for when a finding was made.
 */
export type InvolvedReport = { 
/**
 * The task.
 */
task: string, 
/**
 * The point at which it had stopped, or from which it was running.
 */
at: string | null, 
/**
 * Locks it held and pages it had busied: `object O (write)`, `page 0 of O (busy)`.
 */
holds: Array<string>, 
/**
 * What it slept on: `object O`, `page 0 of O`.
 */
waits_for: string | null, };

/**
 * What a lock protects. The order of the variants is the acquisition order.
 */
export type LockClass = "map" | "vnode" | "object" | "pmap";

/**
 * Identifies one lock.
 */
export type LockId = { 
/**
 * The kind of thing it protects.
 */
class: LockClass, 
/**
 * Which one: the index of the space, file or object.
 */
index: number, };

/**
 * A translation that leads to the frame of a finding.
 */
export type Mapping = { 
/**
 * The address space.
 */
space: SpaceId, 
/**
 * The address there.
 */
va: VirtAddr, 
/**
 * Whether it permits writes.
 */
writable: boolean, 
/**
 * The CPU whose TLB holds it; `None` for the page table's own entry.
 */
cpu: CpuId | null, };

/**
 * A mapping of the page of a finding.
 */
export type MappingReport = { 
/**
 * The process whose address space maps it.
 */
process: string, 
/**
 * The address of the mapping: `va0`.
 */
va: string, 
/**
 * It permits writes.
 */
writable: boolean, 
/**
 * The CPU whose TLB has it; `None` for the page-table entry.
 */
cpu: number | null, };

/**
 * How a lock is held.
 */
export type Mode = "read" | "write";

/**
 * What has changed in the names of a stream.
 */
export type NameChanges = { 
/**
 * All names, where the receiver does not have those of tasks and processes yet; nothing is in the lists then.
 */
all: Names | null, 
/**
 * See [`Names::objects`].
 */
objects: Tail<Born>, 
/**
 * See [`Names::pages`].
 */
pages: Tail<Born>, };

/**
 * An event as the page gets it.
 */
export type NamedRecord = { 
/**
 * For `sleep` what the task sleeps on, and for `acquire` what the lock belongs to, in the scenario's names.
 */
words?: string, 
/**
 * Points passed by all tasks before it.
 */
step: number, 
/**
 * The task that ran.
 */
task: TaskId, } & ({ "kind": "point", at: Step, } | { "kind": "op_start", op: number, } | { "kind": "op_end", op: number, error: number, } | { "kind": "op_skip", op: number, process: ProcId, why: Absent, } | { "kind": "signal", va: VirtAddr, signal: number, } | { "kind": "acquire", lock: LockId, mode: Mode, } | { "kind": "release", lock: LockId, } | { "kind": "sleep", channel: Channel, } | { "kind": "wakeup", channel: Channel, tasks: number, } | { "kind": "process", process: ProcId, space: SpaceId, parent: ProcId | null, } | { "kind": "process_exec", process: ProcId, space: SpaceId, } | { "kind": "process_exit", process: ProcId, } | { "kind": "entry_set", space: SpaceId, entry: EntryId, view: EntryView, } | { "kind": "entry_remove", space: SpaceId, entry: EntryId, } | { "kind": "object_new", object: ObjectId, vnode: boolean, size: number, 
/**
 * The file whose object it is.
 */
file: FileId | null, } | { "kind": "object_ref", object: ObjectId, count: number, } | { "kind": "object_pip", object: ObjectId, count: number, } | { "kind": "object_flags", object: ObjectId, 
/**
 * In JSON their bits.
 */
flags: number, } | { "kind": "object_size", object: ObjectId, size: number, } | { "kind": "object_link", object: ObjectId, backing: ObjectId, offset: number, } | { "kind": "object_unlink", object: ObjectId, backing: ObjectId, } | { "kind": "object_free", object: ObjectId, } | { "kind": "page_alloc", page: FrameNo, object: ObjectId, index: PageIndex, } | { "kind": "page_remove", page: FrameNo, object: ObjectId, index: PageIndex, } | { "kind": "page_insert", page: FrameNo, object: ObjectId, index: PageIndex, } | { "kind": "page_rename", page: FrameNo, from: ObjectId, from_index: PageIndex, to: ObjectId, to_index: PageIndex, } | { "kind": "page_free", page: FrameNo, } | { "kind": "page_busy", page: FrameNo, state: BusyState, } | { "kind": "page_valid", page: FrameNo, valid: boolean, } | { "kind": "page_dirty", page: FrameNo, dirty: boolean, } | { "kind": "page_copy", from: FrameNo, to: FrameNo, value: bigint, } | { "kind": "page_zero", page: FrameNo, } | { "kind": "page_fill", page: FrameNo, value: bigint, } | { "kind": "page_write", page: FrameNo, file: FileId | null, value: bigint, } | { "kind": "swap_block", object: ObjectId, index: PageIndex, held: boolean, } | { "kind": "access", cpu: CpuId, space: SpaceId, va: VirtAddr, page: FrameNo, write: boolean, value: bigint, expected: bigint, } | { "kind": "hardware_fault", cpu: CpuId, va: VirtAddr, code: number, } | { "kind": "entry", space: SpaceId, va: VirtAddr, level: number, bits: bigint, } | { "kind": "tlb_fill", cpu: CpuId, va: VirtAddr, bits: bigint, } | { "kind": "tlb_drop", cpu: CpuId, va: VirtAddr, } | { "kind": "tlb_flush", cpu: CpuId, } | { "kind": "activate", cpu: CpuId, space: SpaceId, } | { "kind": "deactivate", cpu: CpuId, space: SpaceId, } | { "kind": "table_alloc", space: SpaceId, level: number, page: FrameNo, } | { "kind": "table_free", space: SpaceId, page: FrameNo, } | { "kind": "fault_enter", va: VirtAddr, write: boolean, protection: boolean, } | { "kind": "fault_lookup", object: ObjectId, index: PageIndex, writable: boolean, } | { "kind": "fault_walk", object: ObjectId, index: PageIndex, } | { "kind": "fault_found", page: FrameNo, object: ObjectId, index: PageIndex, } | { "kind": "fault_restart", why: Restart, } | { "kind": "fault_relookup", ok: boolean, } | { "kind": "fault_end", va: VirtAddr, resolved: FaultKind | null, 
/**
 * Why it failed; in JSON the code, 0 for success.
 */
error: number, protection: boolean, chain: number, } | { "kind": "collapse", object: ObjectId, backing: ObjectId, } | { "kind": "collapse_refused", object: ObjectId, backing: ObjectId, why: Refusal, page: FrameNo | null, } | { "kind": "collapse_scan", object: ObjectId, page: FrameNo, what: ScanStep, } | { "kind": "collapsed", object: ObjectId, backing: ObjectId, } | { "kind": "bypass", object: ObjectId, backing: ObjectId, by_count: boolean, } | { "kind": "split", object: ObjectId, into: ObjectId, } | { "kind": "found", finding: FindingKind, object: ObjectId | null, page: PageIndex | null, });

/**
 * The names of everything in a stream.
 */
export type Names = { 
/**
 * Tasks, the set-up first.
 */
tasks: Array<TaskName>, 
/**
 * Processes by number.
 */
processes: Array<string>, 
/**
 * Files by number.
 */
files: Array<string>, 
/**
 * Objects, each from the event on that made it.
 */
objects: Array<Born>, 
/**
 * Pages that the scenario names, each from some event on.
 */
pages: Array<Born>, 
/**
 * The address of `va0`.
 */
base: number, };

/**
 * A sentence of a paragraph.
 */
export type NarratedSentence = { 
/**
 * With `code` in backticks and *strong* in asterisks.
 */
text: string, 
/**
 * It states a finding.
 */
wrong: boolean, 
/**
 * Steps taken before the one that it begins with.
 */
at: number, };

/**
 * A change that a verdict does not take into account as the kernel of its preset would.
 */
export type NotReproduced = { 
/**
 * The review, the commit, or a name.
 */
id: string, 
/**
 * The commit or the revision; empty where it is not known.
 */
commit: string, 
/**
 * When.
 */
date: string, 
/**
 * What changed.
 */
text: string, 
/**
 * `before` or `after`: on which side of it the engine is. The preset's kernel is on the other.
 */
engine: string, 
/**
 * What the engine does.
 */
why: string, };

/**
 * A `vm_object`.
 */
export type ObjectId = number;

/**
 * What a link shows.
 */
export type OpenedLink = { 
/**
 * The run that the link knows.
 */
opened: OpenedRun, 
/**
 * Where the link stands in it.
 */
position: number, 
/**
 * What the scenario goes by.
 */
scenario: string, 
/**
 * Its text.
 */
text: string, 
/**
 * The text is the gallery's.
 */
gallery: boolean, 
/**
 * The kernel.
 */
policy: string, 
/**
 * What the link looks at, if it is there.
 */
selection: string | null, 
/**
 * What does not fit, a sentence each.
 */
differs: Array<string>, 
/**
 * What is shown is not what the link was made of.
 */
another_story: boolean, };

/**
 * A run that stands before its first turn, with the turns of its stored schedule.
 */
export type OpenedRun = { 
/**
 * What everything is called.
 */
names: Names, 
/**
 * Events of the set-up.
 */
setup: Array<NamedRecord>, 
/**
 * Who can go on at the beginning.
 */
runnable: Array<Runnable>, 
/**
 * The turns of the stored schedule, or of task order where there is none.
 */
steps: Array<StepRecord>, 
/**
 * What the set-up got wrong.
 */
findings: Array<FindingReport>, 
/**
 * The story in words.
 */
narration: Array<Paragraph>, };

/**
 * What can be done by hand.
 */
export type Operation = { "op": "load", 
/**
 * Which: 0 is `va0`.
 */
page: number, } | { "op": "store", 
/**
 * Which.
 */
page: number, } | { "op": "fork" } | { "op": "exit" } | { "op": "collapse", 
/**
 * Which page.
 */
page: number, };

/**
 * A page index inside an object (`vm_pindex_t`), in pages.
 */
export type PageIndex = number;

/**
 * What one task did without interruption.
 */
export type Paragraph = { 
/**
 * Its number.
 */
task: number, 
/**
 * The actor: the task, or in a sequence a process. The first sentence leaves it out.
 */
who: string, 
/**
 * Steps taken before its first step.
 */
from: number, 
/**
 * Steps taken after its last step.
 */
to: number, 
/**
 * What happens; empty if there is nothing to narrate.
 */
sentences: Array<NarratedSentence>, 
/**
 * The same in a few words, for the lanes.
 */
short: string, 
/**
 * It has a finding.
 */
wrong: boolean, };

/**
 * A place at which a run departed from its stored schedule.
 */
export type PartingReport = { 
/**
 * The directive that was impossible, as in the file.
 */
directive: string, 
/**
 * Steps of the run before it.
 */
turn: number, 
/**
 * `blocked`, `finished` or `absent`.
 */
why: string, };

/**
 * A point in FreeBSD's history.
 */
export type PresetInfo = { 
/**
 * Its name: `2019-12`.
 */
name: string, 
/**
 * The letter that stands for it in the specification.
 */
letter: string, 
/**
 * What it is, in a sentence.
 */
text: string, 
/**
 * Ids of the switches that are on.
 */
switches: Array<string>, };

/**
 * An error: what, where in the text if it stands in one, and what to do about it.
 */
export type Problem = { 
/**
 * In one sentence.
 */
message: string, 
/**
 * Line of the source, from 1.
 */
line: number | null, 
/**
 * Column of the source, from 1.
 */
column: number | null, 
/**
 * What to do.
 */
remedy: string | null, 
/**
 * The scenario that may have been meant, where the gallery has none of the name.
 */
near: string | null, };

/**
 * A process, as users name it: it runs on one address space at a time.
 */
export type ProcId = number;

/**
 * An operation of a task's program.
 */
export type ProgramOperation = { 
/**
 * The process that performs it, by number; in a sequence that changes.
 */
process: number | null, 
/**
 * What it is, without what a child does.
 */
text: string, };

/**
 * A process's life in the recording, in numbers of events.
 */
export type RecordedLife = { 
/**
 * Its number in the file.
 */
number: number, 
/**
 * The process that forked it, as an index.
 */
parent: number | null, 
/**
 * The event with which it begins.
 */
from: number, 
/**
 * The event with which it ends; the number of events if it does not.
 */
to: number, 
/**
 * The program that it ran last.
 */
program: string | null, };

/**
 * Checks of the whole world.
 */
export type RecordingChecks = { 
/**
 * Number of checks.
 */
count: number, 
/**
 * Forks, execs and exits in all the recording after which none is made: the world is too large to be checked
 * so often.
 */
left_out: number, 
/**
 * Seconds they took.
 */
seconds: number, };

/**
 * How to replay.
 */
export type RecordingOptions = { 
/**
 * The kernel.
 */
policy: string, 
/**
 * Physical memory in frames.
 */
frames: number, 
/**
 * Workers; 0 replays in slices, stepped.
 */
workers: number, 
/**
 * Events to replay at most.
 */
events: number, };

/**
 * Result of a replay.
 */
export type RecordingReport = { 
/**
 * The kernel.
 */
policy: string, 
/**
 * `stepped`, or `threads`.
 */
mode: string, 
/**
 * Number of workers.
 */
threads: number, 
/**
 * Number of simulated CPUs.
 */
cpus: number, 
/**
 * Number of simulated frames.
 */
frames: number, 
/**
 * Recorded events performed.
 */
events: number, 
/**
 * Number of processes and threads.
 */
processes: number, 
/**
 * Recorded faults performed as accesses.
 */
accesses: number, 
/**
 * Those that ended in a signal, which the recording's mappings allow or require.
 */
refused: number, 
/**
 * Faults taken.
 */
faults: FaultCounts, 
/**
 * Collapses done.
 */
collapses: number, 
/**
 * Bypasses done.
 */
bypasses: number, 
/**
 * Pages that a collapse moved up.
 */
renames_in_collapse: number, 
/**
 * Objects split.
 */
splits: number, 
/**
 * Maximum number of objects in use at the same time.
 */
objects_peak: number, 
/**
 * Maximum length of the chain over all faults, in objects.
 */
max_chain: number, 
/**
 * Faults by length of the chain: 1, 2, … 15, 16 and more.
 */
chains: [number, number, number, number, number, number, number, number, number, number, number, number, number, number, number, number], 
/**
 * Frames allocated beyond those before the first event, after everything is gone; if it was stopped, those in use.
 */
frames_at_end: number, 
/**
 * It was stopped before its end: all of this is of what was performed until then.
 */
stopped: boolean, 
/**
 * What went wrong.
 */
findings: Array<Finding>, 
/**
 * Checks of the whole world.
 */
checks: RecordingChecks, 
/**
 * Duration of the replay, in seconds.
 */
wall_s: number, };

/**
 * Why a collapse or a bypass did not happen.
 */
export type Refusal = "pip" | "dead" | "busy" | "invalid" | "unshadowed";

/**
 * Why a fault is retried.
 */
export type Restart = "busy" | "dead" | "relookup" | "memory" | "upgrade";

/**
 * A task that can go on, and the step it stands before.
 */
export type Runnable = { 
/**
 * Which.
 */
task: number, 
/**
 * The step's label.
 */
at: string, };

/**
 * What a collapse scan did with one page of the backing object.
 */
export type ScanStep = "outside" | "invalid" | "shadowed" | "renamed" | "wait" | "skip";

/**
 * A scenario with its source and its whole header, as the page shows it.
 */
export type ScenarioInfo = { 
/**
 * What it goes by.
 */
name: string, 
/**
 * The header's title.
 */
title: string, 
/**
 * `race`, `defect`, `golden`, `correct`, or empty if the file has no group.
 */
group: string, 
/**
 * The header's text.
 */
about: string, 
/**
 * The people of its story.
 */
by: string, 
/**
 * The dates of its story.
 */
when: string, 
/**
 * The place in the kernel's source.
 */
where: string, 
/**
 * Where to read on.
 */
review: string, 
/**
 * What to look at.
 */
watch: Array<string>, 
/**
 * The kind of finding that a search looks for first; empty if none comes first.
 */
seek: string, 
/**
 * The scenario's source.
 */
text: string, 
/**
 * The kernel that the file names.
 */
policy: string, };

/**
 * What a search is doing, in words for the page.
 */
export type SearchPhase = "searching" | "shortening" | "trimming";

/**
 * How far a search is.
 */
export type SearchProgress = { 
/**
 * What it is doing.
 */
phase: SearchPhase, 
/**
 * Different states met.
 */
states: number, 
/**
 * Turns taken.
 */
steps: number, 
/**
 * Runs that came to an end.
 */
executions: number, 
/**
 * Turns that are yet to be tried, of those known.
 */
frontier: number, 
/**
 * Share of the tree that is done, from 0 to 1: a guess before the end.
 */
share: number | null, 
/**
 * Preemptions that are allowed at present, if they are bounded.
 */
bound: number | null, 
/**
 * Time since it began, without its pauses.
 */
seconds: number, 
/**
 * Of it the time that these figures took: those of a new phase begin anew.
 */
took: number, };

/**
 * What is to be searched, and how.
 */
export type SearchRequest = { 
/**
 * The scenario: its text, or its name in the gallery.
 */
scenario: string, 
/**
 * The kernel.
 */
policy: string, 
/**
 * `exhaustive`, `preemptions`, `pct` or `random`.
 */
strategy: Strategy, 
/**
 * Preemptions at most, for an exhaustive search.
 */
preemptions?: number, 
/**
 * The kind of finding that alone is looked for, or `any`; if it is left out, what the scenario is
 * about comes first.
 */
kind?: string, 
/**
 * Random runs at most.
 */
executions?: number, 
/**
 * Where chance begins.
 */
seed?: number, 
/**
 * Workers of the pool, for an exhaustive search without bounds; all of them, if it is left out.
 */
workers?: number, 
/**
 * MiB of memory that all workers may hold together.
 */
memory?: number, 
/**
 * Choices that have been made already: the search goes on from there.
 */
from?: string, 
/**
 * What is found is to be made as short as it can be.
 */
shrink: boolean, };

/**
 * What came of it.
 */
export type SearchResult = { 
/**
 * Time that it took, without its pauses.
 */
seconds: number, 
/**
 * Of it the time that the search took, whose figures these are; the rest made short what it found.
 */
took: number, 
/**
 * Workers that searched.
 */
workers: number, 
/**
 * The scenario's name.
 */
scenario: string, 
/**
 * The kernel.
 */
policy: string, 
/**
 * How it searched.
 */
strategy: Strategy, 
/**
 * What it established.
 */
verdict: Established, 
/**
 * The verdict in a sentence that states exactly what is established.
 */
text: string, 
/**
 * Runs that ended.
 */
executions: number, 
/**
 * Scheduling steps taken.
 */
steps: number, 
/**
 * Distinct states visited.
 */
states: number, 
/**
 * The search covered every interleaving.
 */
complete: boolean, 
/**
 * Preemption bound up to which it covered every interleaving, if bounded.
 */
preemption_bound: number | null, 
/**
 * Why the result is unsound, if the verdict is `unsound`.
 */
unsound?: Unsound, 
/**
 * The findings, minimised as far as the job has come.
 */
findings: Array<FoundReport>, 
/**
 * Changes to routines that the scenario reaches which the engine does not reproduce as the preset's kernel had
 * them.
 */
not_reproduced: Array<NotReproduced>, };

/**
 * A difference between kernels with more than two values.
 */
export type SettingInfo = { 
/**
 * `P16`.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it decides.
 */
text: string, 
/**
 * The value that every preset has.
 */
preset: string, 
/**
 * All values.
 */
values: Array<SettingValue>, };

/**
 * A value of a setting.
 */
export type SettingValue = { 
/**
 * What a policy writes behind the `=`.
 */
name: string, 
/**
 * What it means.
 */
text: string, };

/**
 * Where a step stands in FreeBSD's source.
 */
export type SourcePlace = { 
/**
 * The file, from the root of the source tree.
 */
file: string, 
/**
 * The routine.
 */
routine: string, 
/**
 * The address of the file in the public tree, if a commit is known at which it is that of this kernel.
 */
url: string | null, };

/**
 * An address space: one `vmspace`, that is one map and one pmap.
 */
export type SpaceId = number;

/**
 * A point in an operation. Schedules (`B1 until pmap_enter`), lanes and the task list show its label; unless
 * its text says otherwise a task that stands at a step is about to do it.
 */
export type Step = "begin" | "access" | "map_lock" | "map_unlocked" | "map_trylock" | "vnode_lock" | "vnode_unlocked" | "object_lock" | "object_unlocked" | "pmap_lock" | "pmap_unlocked" | "page_busied" | "page_unbusy" | "page_unbusied" | "pip_add" | "pip_drop" | "ref_add" | "ref_drop" | "page_copy" | "page_copied" | "page_zero" | "page_zeroed" | "pmap_enter" | "pmap_entered" | "pmap_remove" | "pmap_protect" | "pmap_remove_all" | "pmap_copy" | "pmap_harvest" | "pte_cleared" | "shootdown" | "shootdown_ack" | "pte_install" | "pte_exchanged" | "pte_raise" | "pager_get" | "pager_put" | "pager_done" | "woken" | "tick" | "memory_wait" | "vfork_wait" | "pmap_copy_page";

/**
 * What one turn did, and what can be done after it.
 */
export type StepRecord = { 
/**
 * Who took the turn.
 */
task: number, 
/**
 * The label of the point at which it began.
 */
at: string, 
/**
 * Where in FreeBSD's source it began, on this kernel.
 */
place: SourcePlace | null, 
/**
 * What happened.
 */
records: Array<NamedRecord>, 
/**
 * Who can go on now.
 */
runnable: Array<Runnable>, 
/**
 * Nothing is left to run.
 */
done: boolean, 
/**
 * What this turn got wrong.
 */
findings: Array<FindingReport>, 
/**
 * Where the stored schedule could not be followed, before this turn.
 */
parted: Array<PartingReport>, 
/**
 * The turn in words, with marks and with who takes it.
 */
text: string, 
/**
 * It has nothing that a story would mention.
 */
quiet: boolean, };

/**
 * What came of a turn or of a manual operation; of names and narration what the page does not have yet, so that a
 * step costs the step.
 */
export type StepResult = { 
/**
 * What is called otherwise now, or is new.
 */
names: NameChanges, 
/**
 * The run up to where the operation began, if that has changed.
 */
past: Array<StepRecord> | null, 
/**
 * The turns taken.
 */
steps: Array<StepRecord>, 
/**
 * The run to their end, in words, from the first paragraph on that is new or has changed.
 */
narration: Tail<Paragraph>, };

/**
 * A [`Method`] without its numbers.
 */
export type Strategy = "exhaustive" | "preemptions" | "pct" | "random";

/**
 * A difference between two kernels that is on or off.
 */
export type SwitchInfo = { 
/**
 * `P01`, `OF1`.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it does when it is on.
 */
text: string, };

/**
 * What replaces a list from some index on: the items before that are as the receiver has them.
 */
export type Tail<T> = { 
/**
 * Index of the first item that is new or has changed.
 */
from: number, 
/**
 * The items from there to the end of the list.
 */
items: Array<T>, };

/**
 * A thread of control: the unit that a scheduler chooses.
 */
export type TaskId = number;

/**
 * A task by name.
 */
export type TaskName = { 
/**
 * Its number in events.
 */
id: number, 
/**
 * Its name.
 */
name: string, 
/**
 * The number of its process; none for the set-up and for a sequence.
 */
process: number | null, 
/**
 * Its operations, each with the process that performs it, as the scenario says them.
 */
program: Array<ProgramOperation>, };

/**
 * Why a result is unsound: a bug of this program, whatever the scenario.
 */
export type Unsound = { "why": "diverged", 
/**
 * The task's name.
 */
task: string, 
/**
 * Number of the step, from 1.
 */
step: number, 
/**
 * The point at which that step began.
 */
at: string | null, 
/**
 * The logged action.
 */
recorded: string, 
/**
 * The action on replay.
 */
met: string, } | { "why": "unconfirmed", 
/**
 * Kind of the finding.
 */
kind: string, 
/**
 * The schedule.
 */
choices: string, };

/**
 * A virtual (linear) byte address.
 */
export type VirtAddr = number;
