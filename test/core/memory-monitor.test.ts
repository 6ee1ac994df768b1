import { memoryMonitor } from '../support/memory-monitor';
import { describeMonitorStores } from '../support/monitor-store-contract';

describeMonitorStores('in memory', async () => memoryMonitor());
