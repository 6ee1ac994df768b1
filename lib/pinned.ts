import type { CfnResource } from 'aws-cdk-lib';
import { CfnElement } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Fixes the logical id of what holds data or an address: CloudFormation replaces a resource whose logical id changes,
 * so it must outlive any moving about of constructs. A pinned id is never changed again.
 */
export function pinLogicalId(construct: IConstruct, logicalId: string): void {
  const resource = CfnElement.isCfnElement(construct) ? construct : construct.node.defaultChild;
  (resource as CfnResource).overrideLogicalId(logicalId);
}
