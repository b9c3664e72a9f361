// Switch metrics. What operators have switched off by hand.

import type { Engine } from '../../actors/engine.ts';
import type { Metrics } from './metrics.ts';

/** A gauge for every switch that there is at the start. */
export function addSwitchMetrics(metrics: Metrics, engine: Engine): void {
  for (const name of engine.switches.keys()) {
    metrics.gauge('switch_set', '1 while an operator has switched it off.', { switch: name }, () =>
      engine.isSwitchedOff(name) ? 1 : 0,
    );
  }
}
