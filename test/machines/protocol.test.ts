import { expectNothingLost, ROUNDS } from '../support/broken-protocol';
import { onMachines } from './support';

onMachines('the protocol with real hosts, by ssh', 'namespaces', () => {
  it(
    `has every script run exactly once and its log whole, for ${ROUNDS} rounds of killed clients and supervisors, reboots and cut links`,
    () => expectNothingLost('machines'),
    240_000,
  );
});
