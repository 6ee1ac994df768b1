import { memoryStores } from '../../support/memory/memory-stores';
import { describeStores } from '../../support/memory/store-contract';

describeStores('in memory', async () => memoryStores());
