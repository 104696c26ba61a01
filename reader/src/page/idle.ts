/** Notices that nobody uses the page any more, also when the device slept meanwhile. */

const LIMIT = 5 * 60 * 1000;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchmove"];

/** Call `lock` when nothing was touched for five minutes; the touch that ends a sleep comes too late. */
export function watchIdle(lock: () => void): void {
  let last = Date.now();
  const look = (): void => {
    if (Math.abs(Date.now() - last) < LIMIT) return; // also if the clock was set back
    last = Date.now();
    lock();
  };
  const touched = (): void => {
    look();
    last = Date.now();
  };
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, touched, { capture: true, passive: true });
  for (const back of ["pageshow", "visibilitychange"]) addEventListener(back, look, { capture: true });
  setInterval(look, 1000);
}
