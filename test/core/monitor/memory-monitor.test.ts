import { memoryMonitor } from '../../support/memory/memory-monitor';
import { describeMonitorStores } from '../../support/memory/monitor-store-contract';

describeMonitorStores('in memory', async () => memoryMonitor());
