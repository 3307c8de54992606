//! Checks expectations, without declaring an access.

use crate::inspect;
use crate::interpreter::address;
use crate::model::{Claim, Count, Expect, Name, PageState, Rights};
use crate::system::{ScenarioWorld, expectation};
use crate::value::Value;
use faultline_engine::detail;
use faultline_engine::detail::Detail;
use faultline_engine::env::Names;
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::{ObjectId, SpaceId, TaskId};
use faultline_engine::kern::ObjectFlags;
use faultline_engine::machine::addr::PageIndex;
use faultline_engine::machine::entry::Entry;
use faultline_engine::word::Kind;

/// The finding of an expectation that applies and does not hold. `findings` are those that it may refer to.
pub(crate) fn broken(scenario_world: &ScenarioWorld, expect: &Expect, findings: &[Finding]) -> Option<Finding> {
    let applies = |kernel: &Name| scenario_world.world.policy.fits(&kernel.text).is_ok_and(|fits| fits);
    if !expect.under.is_empty() && !expect.under.iter().any(applies) {
        return None;
    }
    let (about, met) = judge(scenario_world, &expect.claim, findings).err()?;
    let line = if expect.line > 0 { format!("line {}: ", expect.line) } else { String::new() };
    Some(expectation(TaskId(0), about, detail!("{}, but {}", format!("{line}expected {}", expect.claim), met)))
}

/// The object that a name stands for, if it still exists.
pub(crate) fn object(scenario_world: &ScenarioWorld, name: &Name) -> Option<ObjectId> {
    let env = &scenario_world.world.env;
    let named = scenario_world.roster.object(name).map(|at| &scenario_world.objects[at])?;
    let id = named.id.peek(env)?;
    // Ids are reused: it must be the object that was named.
    (env.name_of(Kind::Object, id.0) == named.born.peek(env)).then_some(id)
}

fn space(scenario_world: &ScenarioWorld, process: &Name) -> Option<SpaceId> {
    scenario_world.roster.process(process).and_then(|p| scenario_world.procs[p].space.peek(&scenario_world.world.env))
}

type About = (Option<ObjectId>, Option<PageIndex>);
type Judged = Result<(), (About, Detail)>;

fn same<T: PartialEq>(about: About, expected: T, met: T, say: impl FnOnce(T) -> Detail) -> Judged {
    if expected == met { Ok(()) } else { Err((about, say(met))) }
}

fn it_is(met: impl Into<Detail>) -> Detail {
    detail!("it is {}", met.into())
}

fn judge(scenario_world: &ScenarioWorld, claim: &Claim, findings: &[Finding]) -> Judged {
    let (world, env) = (&scenario_world.world, &scenario_world.world.env);
    let nowhere = (None, None);
    match claim {
        Claim::Value(process, page, expected) => {
            let at = address(*page);
            let space = space(scenario_world, process);
            let top = space.and_then(|s| inspect::chain(world, s, at).first().copied());
            let met = space.and_then(|s| inspect::would_load(world, s, at)).map(Value);
            let about = (top.map(|t| t.0), Some(top.map_or(PageIndex(*page), |t| t.1)));
            same(about, *expected, met, |met| met.map_or("nothing is mapped".into(), it_is))
        }
        Claim::Same(one, other) => {
            let load = |name: &Name| {
                let loaded = scenario_world.roster.load(name).and_then(|at| scenario_world.loads[at].value(env));
                loaded.ok_or_else(|| (nowhere, format!("nothing has been loaded as {name}").into()))
            };
            let (one, other) = (load(one)?, load(other)?);
            same(nowhere, true, one == other, |_| detail!("they are {} and {}", Value(one), Value(other)))
        }
        Claim::Count(count, name, expected) => {
            let Some(id) = object(scenario_world, name) else { return Err((nowhere, "it is gone".into())) };
            let o = world.objects.peek(env, id.0);
            let met = match count {
                Count::Ref => u64::from(o.ref_count.peek(env)),
                Count::Res => o.resident_page_count.peek(env),
                Count::Shadows => u64::from(o.shadow_count.peek(env)),
                Count::Size => o.size.peek(env),
                Count::Pip => u64::from(o.paging_in_progress.peek(env)),
            };
            same((Some(id), None), *expected, met, it_is)
        }
        Claim::Chain(process, page, expected) => {
            let met =
                space(scenario_world, process).map(|s| inspect::chain(world, s, address(*page))).unwrap_or_default();
            let met: Vec<_> = met.into_iter().map(|(o, _)| Some(o)).collect();
            let expected = expected.iter().map(|name| object(scenario_world, name)).collect();
            let name = |o: &Option<ObjectId>| {
                let known = |n: &&String| object(scenario_world, &Name::new(n.as_str())) == *o;
                scenario_world.roster.objects.iter().rfind(known).cloned().unwrap_or("an unnamed one".into())
            };
            same((met.first().copied().flatten(), Some(PageIndex(*page))), expected, met, |met| {
                detail!("it is [{}]", met.iter().map(name).collect::<Vec<_>>().join(" "))
            })
        }
        Claim::Depth(process, page, expected) => {
            let met =
                space(scenario_world, process).map(|s| inspect::chain(world, s, address(*page))).unwrap_or_default();
            let about = (met.first().map(|t| t.0), Some(PageIndex(*page)));
            same(about, *expected, met.len() as u64, it_is)
        }
        Claim::Pte(process, page, expected) => {
            let entry =
                space(scenario_world, process).map_or(Entry::empty(), |s| inspect::pte(world, s, address(*page)));
            let (met, words) = match (entry.contains(Entry::V), entry.contains(Entry::RW)) {
                (false, _) => (Rights::None, "none"),
                (true, false) => (Rights::Read, "read"),
                (true, true) => (Rights::Write, "write"),
            };
            same((None, Some(PageIndex(*page))), *expected, met, |_| it_is(words))
        }
        Claim::Page(name, index, expected) => {
            let Some(id) = object(scenario_world, name) else { return Err((nowhere, "the object is gone".into())) };
            let (met, words) = match inspect::resident(world, id, PageIndex(*index)) {
                None => (PageState::Absent, "absent"),
                Some(page) if !page.valid.peek(env) => (PageState::Invalid, "invalid"),
                Some(page) if page.dirty.peek(env) => (PageState::Dirty, "dirty"),
                Some(_) => (PageState::Clean, "clean"),
            };
            same((Some(id), Some(PageIndex(*index))), *expected, met, |_| it_is(words))
        }
        Claim::OneMapping(name, expected) => {
            let Some(id) = object(scenario_world, name) else { return Err((nowhere, "the object is gone".into())) };
            let met = world.objects.peek(env, id.0).flags.peek(env).contains(ObjectFlags::ONEMAPPING);
            same((Some(id), None), *expected, met, is_so)
        }
        Claim::NeedsCopy(process, page, expected) => {
            let met = space(scenario_world, process).is_some_and(|s| inspect::needs_copy(world, s, address(*page)));
            same((None, Some(PageIndex(*page))), *expected, met, is_so)
        }
        Claim::Swapped(name, index, expected) => {
            let Some(id) = object(scenario_world, name) else { return Err((nowhere, "the object is gone".into())) };
            let met = inspect::swapped(world, id, PageIndex(*index)).is_some();
            same((Some(id), Some(PageIndex(*index))), *expected, met, is_so)
        }
        Claim::Gone(name, expected) => {
            let id = object(scenario_world, name);
            same((id, None), *expected, id.is_none(), is_so)
        }
        Claim::Counter(name, expected) => {
            same(nowhere, *expected, env.counters().get(&name.text).unwrap_or_default(), it_is)
        }
        Claim::Signal(signal, page, process) => {
            let process = process.as_ref().and_then(|p| scenario_world.roster.process(p));
            let fits = |e: &&crate::system::Expected| (e.signal, e.page, e.process) == (*signal, *page, process);
            let came = scenario_world.signals.iter().find(fits).is_some_and(|e| e.came.peek(env));
            same((None, Some(PageIndex(*page))), true, came, |_| "none came".into())
        }
        Claim::Finding(kind, expected) => {
            let fits = |f: &&Finding| kind.map_or(f.kind != FindingKind::Expectation, |k| f.kind == k);
            let met: Vec<_> = findings.iter().filter(fits).map(|f| f.kind.name()).collect();
            same(nowhere, *expected, !met.is_empty(), |_| match met.is_empty() {
                true => "there is none".into(),
                false => detail!("there is {}", met.join(", ")),
            })
        }
    }
}

fn is_so(met: bool) -> Detail {
    if met { "it is so" } else { "it is not so" }.into()
}
