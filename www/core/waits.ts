/** What locks and waits are called. */

import type { Channel, LockId } from './events';
import type { Namer } from './names';
import type { Scene } from './scene';

/** What a task waits for, with marks. */
export function channelText(channel: Channel, scene: Scene, namer: Namer): string {
  switch (channel.on) {
    case 'busy':
      return `\`${namer.page(scene.frames.get(channel.page))}\``;
    case 'pip':
      return `paging in progress on ${namer.object(scene, channel.object)}`;
    case 'object_busy':
      return `${namer.object(scene, channel.object)} to be quiet`;
    case 'lock':
      return `the lock of ${lockText(channel.lock, scene, namer)}`;
    case 'vfork':
      return 'the child to exec or exit';
    case 'memory':
      return 'a free page';
  }
}

/** What a lock belongs to. */
export function lockText(lock: LockId, scene: Scene, namer: Namer): string {
  switch (lock.class) {
    case 'object':
      return namer.object(scene, lock.index);
    case 'map':
      return `${namer.space(scene, lock.index)}’s map`;
    case 'pmap':
      return `${namer.space(scene, lock.index)}’s pmap`;
    case 'vnode':
      return namer.file(lock.index);
  }
}
