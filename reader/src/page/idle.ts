/** Notices that nobody uses the page any more, also when the device slept meanwhile. */

const LIMIT = 5 * 60 * 1000;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchmove"];

/** Call `lock` when nothing was touched for five minutes, and when the page is left. */
export function watchIdle(lock: () => void): void {
  let last = Date.now();
  const touched = (): void => {
    last = Date.now();
  };
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, touched, { passive: true });
  setInterval(() => {
    if (Math.abs(Date.now() - last) < LIMIT) return; // also if the clock was set back
    touched();
    lock();
  }, 1000);
}
