import { CfnGatewayResponse, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import { gatewayProblems, problemHeaders, problemTemplate } from './problem-template';

/**
 * What API Gateway answers by itself, in our words. A stage serves what its deployment saw: each response is there before
 * the deployment is made, and a changed one makes another deployment.
 */
export function addGatewayResponses(scope: Construct, api: RestApi, allowedOrigins: string[]): void {
  for (const [responseType, problem] of Object.entries(gatewayProblems)) {
    const headers = Object.entries(problemHeaders(problem, allowedOrigins));
    const content = {
      responseType,
      statusCode: String(problem.status),
      responseParameters: Object.fromEntries(headers.map(([k, v]) => [`gatewayresponse.header.${k}`, v])),
      responseTemplates: { 'application/json': problemTemplate(problem) },
    };
    const response = new CfnGatewayResponse(scope, `Response${responseType}`, {
      restApiId: api.restApiId,
      ...content,
    });
    api.latestDeployment?.node.addDependency(response);
    api.latestDeployment?.addToLogicalId(content);
  }
}
