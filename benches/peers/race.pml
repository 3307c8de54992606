/* The model of src/race.rs, turn for turn; its comments explain it.
   Every turn is one transition, so that without reductions (spin -o3, pan -DNOREDUCE) the
   states are the same in number. -DFIXED gives the kernel without the mistake. */

#define NONE  0
#define EMPTY 1
#define FULL  2
#define OLD   1
#define NEW   2

bit page0 = 1, page1 = 1, busy = 0, paging_o = 0, paging_m = 0, exiting = 1;
byte middle = NONE, top = NONE, refs = 2, table = OLD, tlb = NONE, loaded = NONE;

#define TRANSLATE(to) \
	table = to; \
	if \
	:: tlb == OLD -> tlb = NONE \
	:: else -> skip \
	fi

#define FREE d_step { page0 = 0; assert(table != OLD && tlb != OLD) }

active proctype B()
{
	top = EMPTY;
	if
	:: middle == FULL -> goto beneath
	:: middle == EMPTY -> goto again
	:: middle == NONE && busy -> goto again
	:: d_step { middle == NONE && !busy -> busy = 1; paging_o = 1 }
	fi;
	skip;
	top = FULL;
	d_step { busy = 0; paging_o = 0 };
	skip;
	skip;
	d_step { TRANSLATE(NEW) };
	goto end_b;
beneath:
	skip;
	top = FULL;
	skip;
	d_step { TRANSLATE(NEW) };
	goto end_b;
again:
	top = NONE;
end_b:
	false
}

#ifdef FIXED
#define SHADOWS (middle == FULL)
#else
#define SHADOWS (middle != NONE)
#endif

active proctype K()
{
	if
	:: paging_m -> goto end_k
	:: !paging_m
	fi;
	skip;
	skip;
	if
	:: !SHADOWS || busy || paging_o -> goto end_k
	:: SHADOWS && !busy && !paging_o
	fi;
	if
	:: d_step { refs > 1 -> refs = refs - 1 } goto end_k
	:: d_step { refs == 1 -> refs = 0 }
	fi;
	FREE;
	page1 = 0;
end_k:
	false
}

active proctype A()
{
	paging_m = 1;
	if
	:: d_step { busy -> middle = EMPTY } goto again
	:: d_step { !busy -> middle = EMPTY; busy = 1 }
	fi;
	skip;
	d_step {
		if
		:: table == OLD -> TRANSLATE(NONE)
		:: else -> skip
		fi
	};
	middle = FULL;
	busy = 0;
	paging_m = 0;
	skip;
	goto end_a;
again:
	skip;
	skip;
	skip;
	d_step { middle = NONE; paging_m = 0 };
end_a:
	false
}

active proctype G()
{
	skip;
	exiting = 0;
	skip;
	skip;
	if
	:: d_step { refs > 1 -> refs = refs - 1 } goto end_g
	:: d_step { refs == 1 -> refs = 0 }
	fi;
	FREE;
	page1 = 0;
end_g:
	false
}

#define LOAD \
	tlb = table; \
	d_step { assert(loaded != NEW || tlb != OLD); loaded = tlb }; \
	skip; \
	tlb = NONE

active proctype R()
{
	LOAD;
	LOAD;
	LOAD;
end_r:
	false
}
