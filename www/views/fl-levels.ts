/** The levels of “Break it”. */

export {};
