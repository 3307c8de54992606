/** Page tables, TLBs, and what accesses read and wrote. */

import { type Rec, vpn } from './events';
import { ORACLE } from './fold-tasks';
import { entryKey, isPresent } from './pte';
import { cellKey, cpu, frame, type Scene, space } from './scene';

export function foldMachine(scene: Scene, rec: Rec): void {
  switch (rec.kind) {
    case 'entry': {
      const { table } = space(scene, rec.space);
      if (rec.bits === 0n) table.delete(entryKey(rec.level, rec.va));
      else table.set(entryKey(rec.level, rec.va), rec.bits);
      break;
    }
    case 'table_alloc':
      space(scene, rec.space).tables.set(rec.page, rec.level);
      scene.free = scene.free.filter((free) => free !== rec.page);
      Object.assign(frame(scene, rec.page), { use: 'table', object: null, value: null, born: null, spot: null, freedAt: null });
      break;
    case 'table_free':
      space(scene, rec.space).tables.delete(rec.page);
      frame(scene, rec.page).use = 'free';
      break;
    case 'tlb_fill':
      if (isPresent(rec.bits)) cpu(scene, rec.cpu).tlb.set(vpn(rec.va), rec.bits);
      break;
    case 'tlb_drop':
      cpu(scene, rec.cpu).tlb.delete(vpn(rec.va));
      break;
    case 'tlb_flush':
      cpu(scene, rec.cpu).tlb.clear();
      break;
    case 'activate':
      cpu(scene, rec.cpu).space = rec.space;
      break;
    case 'deactivate': {
      const one = cpu(scene, rec.cpu);
      if (one.space === rec.space) one.space = null;
      break;
    }
    case 'access':
      scene.lastAccess = { space: rec.space, va: rec.va, frame: rec.page };
      if (rec.write) frame(scene, rec.page).value = rec.value;
      else locate(scene, rec);
      // A load says what it should have been; a store makes it so.
      scene.model.set(cellKey(rec.space, vpn(rec.va)), rec.write ? rec.value : rec.expected);
      break;
    default:
  }
}

/** A finding of the oracle is about the load that follows it. */
function locate(scene: Scene, rec: Extract<Rec, { kind: 'access' }>): void {
  const last = scene.findings.at(-1);
  if (last?.va !== null || last.task !== rec.task || !ORACLE.has(last.kind)) return;
  Object.assign(last, { frame: rec.page, space: rec.space, va: rec.va });
}
