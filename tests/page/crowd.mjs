// A scenario of a process with many children, for tests of what is crowded.

/** A process that forks so many. */
export function crowd(children) {
  const names = Array.from({ length: children }, (_, nth) => `P${nth + 1}`);
  return `title    A crowd
about    A process forks children; each writes its own copy of three pages.
group    correct
frames   ${40 * children}
pages    1

setup {
  process P0
  P0: mmap va0; store va0 Aa; mmap va2; store va2 Bb; mmap va4; store va4 Cc
}

task T of P0 {
${names.map((name) => `  fork ${name} { store va0 ${name}; store va2 ${name}; store va4 ${name} }\n  store va0 Z${name}`).join('\n')}
}
`;
}

/** Opens one in a page, of twelve processes and more than forty objects unless told, and goes to a share of its run. */
export async function openCrowd(page, share = 1, children = 11) {
  return page.evaluate(
    async ({ text, share }) => {
      const app = document.querySelector('fl-app');
      const { player } = app;
      await player.open('crowd', text, player.policy);
      if (player.error) throw new Error(JSON.stringify(player.error));
      // The run is taken as far as it goes, with another view in front: nothing of it is drawn.
      app.tab = 'gallery';
      await app.updateComplete;
      while (!player.atEnd) await player.step();
      app.tab = 'step';
      await app.updateComplete;
      await player.seek(Math.round(player.length * share));
      await app.updateComplete;
      return { length: player.length, objects: player.scene.objects.size, processes: player.scene.processes.size };
    },
    { text: crowd(children), share },
  );
}
