#!/usr/bin/env node
// The command line. Each command registers itself.

import { Command } from 'commander';
import { registerBench } from './cli/bench.ts';
import { registerCases } from './cli/cases.ts';
import { registerChannelSimulator } from './cli/channel-simulator.ts';
import { registerConfig } from './cli/config.ts';
import { registerDemo } from './cli/demo.ts';
import { registerDoctor } from './cli/doctor.ts';
import { registerExport } from './cli/export.ts';
import { registerKeys } from './cli/keys.ts';
import { registerMetrics } from './cli/metrics.ts';
import { registerRebuild } from './cli/rebuild.ts';
import { registerReconcile } from './cli/reconcile.ts';
import { registerReplay } from './cli/replay.ts';
import { registerStart } from './cli/start.ts';
import { registerStress } from './cli/stress.ts';
import { registerSwitches } from './cli/switches.ts';
import { registerVerify } from './cli/verify.ts';
import { VERSION } from './server.ts';

const program = new Command('florin').description('an actor-model payment engine').version(VERSION);
for (const register of [
  registerStart,
  registerChannelSimulator,
  registerReplay,
  registerDemo,
  registerBench,
  registerVerify,
  registerRebuild,
  registerExport,
  registerDoctor,
  registerCases,
  registerSwitches,
  registerMetrics,
  registerReconcile,
  registerStress,
  registerConfig,
  registerKeys,
]) {
  register(program);
}
await program.parseAsync();
