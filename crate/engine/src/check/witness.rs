//! The evidence that a finding carries: which translations to the page existed, and which tasks held or waited for
//! what.
//!
//! All of it is read by peeking, at the moment of the finding and only then. The environment knows what tasks hold
//! and sleep on; everything else is in the world.

use crate::check::tlb;
use crate::env::Env;
use crate::finding::{BusyPage, Finding, Involved, Mapping};
use crate::ids::TaskId;
use crate::kern::BusyState;
use crate::machine::addr::FrameNo;
use crate::machine::entry::{Entry, PageSize};
use crate::sync::Channel;
use crate::world::World;

impl<E: Env> World<E> {
    /// Reports a finding together with its evidence. All findings of a running world are reported through this.
    #[cold]
    pub fn report(&self, finding: Finding) {
        // The evidence is no input of the task: it is in no word, and differs when the turn is applied from the memo.
        self.env.opaque_effect(|| self.env.find(self.witnessed(finding)));
    }

    /// Adds the present evidence to a finding.
    pub fn witnessed(&self, mut finding: Finding) -> Finding {
        if E::TRACING {
            finding.frame = finding.frame.or_else(|| self.resident(&finding));
            finding.mappings = finding.frame.map(|frame| self.mappings(frame)).unwrap_or_default();
            finding.tasks = self.involved();
        }
        finding
    }

    /// The frame that holds the page of a finding now.
    fn resident(&self, finding: &Finding) -> Option<FrameNo> {
        let about = (finding.object?, finding.page?);
        let is_it = |p: &&crate::page::Page<E>| {
            (p.object.peek(&self.env), p.pindex.peek(&self.env)) == (Some(about.0), about.1)
        };
        self.pages.made().find(is_it).map(|p| p.frame)
    }

    /// All translations to a frame: page-table entries by its PV list, then what CPUs have cached.
    fn mappings(&self, frame: FrameNo) -> Vec<Mapping> {
        let env = &self.env;
        let mut found = Vec::new();
        let mut at = self.pages.peek(frame.0 as usize).and_then(|p| p.pv_head.peek(env));
        // A list that bites its tail ends.
        for _ in 0..self.pvs.used(env) {
            let Some(id) = at else { break };
            let pv = self.pvs.peek(env, id.0);
            let (space, vpn) = (pv.space.peek(env), pv.vpn.peek(env));
            let leaf = tlb::table_leaf(self, space, vpn);
            if leaf.contains(Entry::V) && frame_of(leaf) == frame {
                found.push(Mapping { space, va: vpn.addr(), writable: leaf.contains(Entry::RW), cpu: None });
            }
            at = pv.next.peek(env);
        }
        for cpu in &self.cpus {
            let Some(space) = cpu.space.peek(env) else { continue };
            for (vpn, leaf) in tlb::cached(self, cpu).filter(|&(_, leaf)| frame_of(leaf) == frame) {
                let writable = leaf.contains(Entry::RW | Entry::M);
                found.push(Mapping { space, va: vpn.addr(), writable, cpu: Some(cpu.id) });
            }
        }
        found
    }

    /// The tasks that hold or wait for something, in task order.
    fn involved(&self) -> Vec<Involved> {
        let mut tasks = self.env.involved();
        for page in self.pages.made() {
            let BusyState::Exclusive { owner } = page.busy_state(&self.env) else { continue };
            // The busy owner of a page table means nothing.
            if page.object.peek(&self.env).is_none() {
                continue;
            }
            let busy = self.busy_page(page.frame);
            match tasks.iter_mut().find(|t| t.task == owner) {
                Some(task) => task.busy.push(busy),
                None => tasks.push(Involved { task: owner, busy: vec![busy], ..Involved::default() }),
            }
        }
        for task in &mut tasks {
            if let Some(Channel::Busy { page }) = task.waits_for {
                task.waits_page = Some(self.busy_page(page));
            }
        }
        tasks.retain(|t| !t.locks.is_empty() || !t.busy.is_empty() || t.waits_for.is_some());
        tasks.sort_by_key(|t: &Involved| -> TaskId { t.task });
        tasks
    }

    fn busy_page(&self, frame: FrameNo) -> BusyPage {
        let about = self.pages.peek(frame.0 as usize).map(|p| p.about(&self.env)).unwrap_or_default();
        BusyPage { frame, object: about.object, page: about.page }
    }
}

fn frame_of(leaf: Entry) -> FrameNo {
    leaf.frame(PageSize::Size4K).frame()
}
