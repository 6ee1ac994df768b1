import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { env } from '../lambdas/aws/env';
import { acknowledge } from './acknowledge';
import { pinLogicalId } from './pinned';

/** The generated token that runtimes register with. */
export class RegistrationToken extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: { removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'AgentTown pairing server: the registration token of runtimes and operators',
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
      removalPolicy: props.removalPolicy,
    });
    pinLogicalId(this.secret, 'RegistrationTokenSecret');
    acknowledge(this.secret, {
      'AwsSolutions-SMG4':
        "Runtimes are set up with this token by hand: changing it is the operator's act (`token --rotate`), not a timer's.",
    });
  }

  /** Lets a function read the token, and tells it where. */
  grantRead(fn: LambdaFunction): void {
    fn.addEnvironment(env.registrationTokenArn, this.secret.secretArn);
    this.secret.grantRead(fn);
  }
}
