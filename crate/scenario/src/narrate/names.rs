//! The names that a narrator uses.

use super::phrase::{code, strong};
use super::scene::Scene;
use crate::names::Names;
use crate::player::Player;
use crate::roster::{Operation, Roster, TaskSpec};
use faultline_engine::detail::{Detail, Piece};
use faultline_engine::ids::{FileId, ObjectId, ProcId, SpaceId, TaskId};
use faultline_engine::machine::addr::{FrameNo, VirtAddr};
use faultline_engine::sync::{Channel, LockId};

/// The scenario's names for everything in a stream.
pub(super) struct Namer {
    pub names: Names,
    /// The operations of each task, and whether the task runs a sequence.
    programs: Vec<(Vec<Operation>, bool)>,
}

impl Namer {
    /// The names in a player's stream as it is now.
    pub fn of(player: &Player) -> Namer {
        let names = player.names();
        let roster: &Roster = &player.run().system().scenario_world().roster;
        let program = |(at, task_spec): (usize, &TaskSpec)| (roster.program(at), task_spec.process.is_none());
        let programs = roster.task_specs.iter().enumerate().map(program).collect();
        Namer { names, programs }
    }
    /// An operation of a task's program.
    pub fn operation(&self, task: TaskId, op: u32) -> Option<&Operation> {
        self.program(task)?.0.get(op as usize)
    }
    fn program(&self, task: TaskId) -> Option<&(Vec<Operation>, bool)> {
        self.programs.get((task.0 as usize).checked_sub(1)?)
    }
    /// The actor: a task, or in a sequence the process whose operation it performs.
    pub fn actor(&self, scene: &Scene, task: TaskId) -> String {
        let of_sequence = self.program(task).filter(|(_, is_sequence)| *is_sequence);
        let operation = of_sequence.and_then(|(program, _)| program.get(scene.task(task).op? as usize));
        match operation.and_then(|operation| operation.process) {
            Some(process) => self.process(ProcId(process as u32)),
            None => self.names.task(task),
        }
    }
    pub fn task(&self, task: TaskId) -> String {
        self.names.task(task)
    }
    pub fn process(&self, id: ProcId) -> String {
        self.names.processes.get(id.0 as usize).cloned().unwrap_or_else(|| format!("process {}", id.0))
    }
    /// An address space, by the process that runs on it.
    pub fn space(&self, scene: &Scene, id: SpaceId) -> String {
        if scene.unborn.contains(&id) { "the new process".into() } else { self.names.space(id, scene.at) }
    }
    /// An object by its name at the last event.
    pub fn object(&self, scene: &Scene, id: ObjectId) -> String {
        self.names.object(id, scene.at)
    }
    /// A page: by the scenario's name, or by object and index.
    pub fn page(&self, scene: &Scene, id: FrameNo) -> String {
        self.named(scene, id).map_or_else(|| self.names.page(id, scene.at), code)
    }
    /// The name that the scenario gives a page.
    pub fn named(&self, scene: &Scene, id: FrameNo) -> Option<&str> {
        self.names.page_name(id, scene.at)
    }
    /// A page in one word.
    pub fn bare(&self, scene: &Scene, id: FrameNo) -> String {
        match (self.named(scene, id), self.names.place(id, scene.at)) {
            (Some(name), _) => name.into(),
            (None, Some((object, index))) => format!("{object}[{}]", index.0),
            (None, None) => self.names.page(id, scene.at),
        }
    }
    /// An address.
    pub fn address(&self, va: VirtAddr) -> String {
        code(self.names.address(va))
    }
    /// An address without marks.
    pub fn bare_address(&self, va: VirtAddr) -> String {
        self.names.address(va)
    }
    /// A word of memory. The last digits identify a word that no scenario wrote.
    pub fn value(&self, word: u64) -> String {
        match self.names.value_name(word) {
            Some(name) => name,
            None if word > 0xffff => format!("…{:03x}", word & 0xfff),
            None => format!("{word:#x}"),
        }
    }
    /// The owner of a lock.
    pub fn lock(&self, scene: &Scene, lock: LockId) -> String {
        self.say(scene, &lock.owner())
    }
    /// A detail, with marks.
    fn say(&self, scene: &Scene, detail: &Detail) -> String {
        let piece = |piece: &Piece| match *piece {
            Piece::Space(id) => self.space(scene, id),
            Piece::Frame(frame) => self.page(scene, frame),
            Piece::Va(va) => self.address(va),
            ref piece => self.names.piece(piece, scene.at),
        };
        detail.0.iter().map(piece).collect()
    }
    /// A file.
    pub fn file(&self, id: FileId) -> String {
        format!("file {}", self.names.file(id))
    }
    /// What a task waits for, to follow `waits`.
    pub fn awaited(&self, scene: &Scene, channel: Channel) -> String {
        self.say(scene, &channel.condition())
    }
    /// Tasks, each marked strong.
    pub fn tasks(&self, ids: &[TaskId]) -> Vec<String> {
        ids.iter().map(|&id| strong(self.task(id))).collect()
    }
}
