//! One fault through all layers: a store to a page that is not resident, without scheduler and without scenarios.
//!
//! The CPU's walk fails, the trap handler calls `vm_fault`, which allocates and zeroes a page and enters it into the
//! page table, and the repeated access stores. On the stepped environment the engine reports every event.
//!
//! Run it with `cargo run -p faultline-engine --example one_fault`.

use faultline_engine::env::stepped::Keep;
use faultline_engine::ids::{CpuId, ProcId, SpaceId, TaskId};
use faultline_engine::kern::Prot;
use faultline_engine::machine::addr::VirtAddr;
use faultline_engine::policy::Policy;
use faultline_engine::vm::map::{MapKind, MapRequest};
use faultline_engine::{Config, Cx, Stepped, World};
use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a future to its end. Alone a task never waits; at each of its points the poll returns, and the next one goes
/// on from there.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::default();
    let world = World::new(Stepped::new(config.frames, Keep::ALL), Policy::preset("main")?, config);
    let va = VirtAddr(0x4000_0000);

    // An address space with one page of anonymous memory, active on CPU 0.
    let boot = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), SpaceId(0));
    let space = block_on(boot.vmspace_new()).map_err(|error| format!("{error:?}"))?;
    let cx = Cx::new(&world, TaskId(0), CpuId(0), ProcId(0), space);
    block_on(cx.pmap_activate(space));
    let request = MapRequest { start: va, len: 4096, prot: Prot::RW, shared: false, kind: MapKind::Anon };
    block_on(cx.mmap(space, &request)).map_err(|error| format!("{error:?}"))?;
    world.env.take_events();

    block_on(cx.user_store(va, 42)).map_err(|signal| format!("{signal:?}"))?;
    for record in world.env.take_events() {
        println!("{:>3}  {:?}", record.step, record.event);
    }

    // The page is resident and the entry allows it: a load needs no fault.
    let value = block_on(cx.user_load(va)).map_err(|signal| format!("{signal:?}"))?;
    println!("the load returns {value}; findings: {:?}", world.env.findings());
    Ok(())
}
