//! What a stepped world maintains besides its state.

/// What a stepped world maintains besides its state.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Log how to undo every write, for [`super::Stepped::undo_to`].
    pub undo: bool,
    /// Declare accesses, for partial-order reduction: see [`super::Stepped::accesses`].
    pub accesses: bool,
    /// Maintain the fingerprint of the state and the local hash of each task.
    pub fingerprint: bool,
    /// Log what each task reads, so that it can be replayed without the others: see [`super::Stepped::replay`].
    pub inputs: bool,
    /// Memoise transitions, to apply them again without polling the task: see [`super::Stepped::take_memoised`]. Effective
    /// only with `inputs` and without `events` and `counters`.
    pub memo: bool,
    /// Collect events.
    pub events: bool,
    /// Count what happens.
    pub counters: bool,
}

impl Keep {
    /// Everything but inputs and the memo: for the page and for single runs.
    pub const ALL: Keep = Keep {
        undo: true,
        accesses: true,
        fingerprint: true,
        inputs: false,
        memo: false,
        events: true,
        counters: true,
    };
    /// What an exhaustive search needs.
    pub const SEARCH: Keep = Keep {
        undo: true,
        accesses: true,
        fingerprint: true,
        inputs: true,
        memo: true,
        events: false,
        counters: false,
    };
    /// Nothing but the state and the counters: for long recordings.
    pub const NOTHING: Keep = Keep {
        undo: false,
        accesses: false,
        fingerprint: false,
        inputs: false,
        memo: false,
        events: false,
        counters: true,
    };
}
