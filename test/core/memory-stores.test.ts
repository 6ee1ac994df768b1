import { memoryStores } from '../support/memory-stores';
import { describeStores } from '../support/store-contract';

describeStores('in memory', async () => memoryStores());
