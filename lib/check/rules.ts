/**
 * All rules of Arazzo documents and their policies, in the order of their codes. A rule's file, its code's slug, its page and its golden
 * have one name; test/unit/check/rules.test.ts holds that no file under rules/ is left out here.
 */
import type { Rule } from './rule.ts';
import { actionNameDuplicate } from './rules/action-name-duplicate.ts';
import { actionParametersMisplaced } from './rules/action-parameters-misplaced.ts';
import { actionTargetIgnored } from './rules/action-target-ignored.ts';
import { actionTargetSeveral } from './rules/action-target-several.ts';
import { actionUnreachable } from './rules/action-unreachable.ts';
import { actionsMerged } from './rules/actions-merged.ts';
import { cacheOnEffect } from './rules/cache-on-effect.ts';
import { channelActionDiffers } from './rules/channel-action-differs.ts';
import { channelActionMissing } from './rules/channel-action-missing.ts';
import { channelFieldMisplaced } from './rules/channel-field-misplaced.ts';
import { channelProtocolUnsupported } from './rules/channel-protocol-unsupported.ts';
import { conditionInvalid } from './rules/condition-invalid.ts';
import { contentTypeUnknown } from './rules/content-type-unknown.ts';
import { correlationIdMissing } from './rules/correlation-id-missing.ts';
import { correlationIdOnSend } from './rules/correlation-id-on-send.ts';
import { correlationLocationMissing } from './rules/correlation-location-missing.ts';
import { criterionContextMissing } from './rules/criterion-context-missing.ts';
import { effectInDoubt } from './rules/effect-in-doubt.ts';
import { effectWithoutUndo } from './rules/effect-without-undo.ts';
import { effectsUnprotected } from './rules/effects-unprotected.ts';
import { expressionInvalid } from './rules/expression-invalid.ts';
import { expressionTolerated } from './rules/expression-tolerated.ts';
import { fallbackOutputsDiffer } from './rules/fallback-outputs-differ.ts';
import { fallbackStepUnfit } from './rules/fallback-step-unfit.ts';
import { forEachUnfit } from './rules/for-each-unfit.ts';
import { forwardOutputReference } from './rules/forward-output-reference.ts';
import { gotoTargetMissing } from './rules/goto-target-missing.ts';
import { healthUnfit } from './rules/health-unfit.ts';
import { idIrregular } from './rules/id-irregular.ts';
import { idempotencyUndeclared } from './rules/idempotency-undeclared.ts';
import { inputMissing } from './rules/input-missing.ts';
import { inputUndeclared } from './rules/input-undeclared.ts';
import { inputUnexpected } from './rules/input-unexpected.ts';
import { inputUnknown } from './rules/input-unknown.ts';
import { interactionUnavailable } from './rules/interaction-unavailable.ts';
import { interactionUnfit } from './rules/interaction-unfit.ts';
import { itemUnavailable } from './rules/item-unavailable.ts';
import { failedAnswerUnavailable } from './rules/failed-answer-unavailable.ts';
import { outputAlwaysNull } from './rules/output-always-null.ts';
import { outputConstant } from './rules/output-constant.ts';
import { outputInDoubt } from './rules/output-in-doubt.ts';
import { outputUnknown } from './rules/output-unknown.ts';
import { parameterDuplicate } from './rules/parameter-duplicate.ts';
import { parameterInForbidden } from './rules/parameter-in-forbidden.ts';
import { parameterInIgnored } from './rules/parameter-in-ignored.ts';
import { parameterInMissing } from './rules/parameter-in-missing.ts';
import { parameterMissing } from './rules/parameter-missing.ts';
import { parameterUnknown } from './rules/parameter-unknown.ts';
import { pathParameterMissing } from './rules/path-parameter-missing.ts';
import { pathParameterUnknown } from './rules/path-parameter-unknown.ts';
import { payloadUnfit } from './rules/payload-unfit.ts';
import { policyOnSafeStep } from './rules/policy-on-safe-step.ts';
import { policyOnWorkflowStep } from './rules/policy-on-workflow-step.ts';
import { policyReadUnavailable } from './rules/policy-read-unavailable.ts';
import { pollUnfit } from './rules/poll-unfit.ts';
import { probeMissing } from './rules/probe-missing.ts';
import { probeNotSafe } from './rules/probe-not-safe.ts';
import { querystringBesideQuery } from './rules/querystring-beside-query.ts';
import { receiveParameterIgnored } from './rules/receive-parameter-ignored.ts';
import { receiveUnfit } from './rules/receive-unfit.ts';
import { replacementTargetInvalid } from './rules/replacement-target-invalid.ts';
import { requestBodyIgnored } from './rules/request-body-ignored.ts';
import { requestBodyMissing } from './rules/request-body-missing.ts';
import { requestBodyUnexpected } from './rules/request-body-unexpected.ts';
import { responseMemberUnknown } from './rules/response-member-unknown.ts';
import { outputsUnavailable } from './rules/outputs-unavailable.ts';
import { responseUnavailable } from './rules/response-unavailable.ts';
import { retryFieldMisplaced } from './rules/retry-field-misplaced.ts';
import { reusableValueIgnored } from './rules/reusable-value-ignored.ts';
import { secretLiteral } from './rules/secret-literal.ts';
import { securityNotSupported } from './rules/security-not-supported.ts';
import { selectorInvalid } from './rules/selector-invalid.ts';
import { sloUnfit } from './rules/slo-unfit.ts';
import { sourceNameDuplicate } from './rules/source-name-duplicate.ts';
import { statusCodeOnWorkflow } from './rules/status-code-on-workflow.ts';
import { stepDependencyCycle } from './rules/step-dependency-cycle.ts';
import { stepIdDuplicate } from './rules/step-id-duplicate.ts';
import { stepTargetMissing } from './rules/step-target-missing.ts';
import { stepTargetSeveral } from './rules/step-target-several.ts';
import { stepUnreachable } from './rules/step-unreachable.ts';
import { systemDependencyCycle } from './rules/system-dependency-cycle.ts';
import { textLikeExpression } from './rules/text-like-expression.ts';
import { undoChangesNothing } from './rules/undo-changes-nothing.ts';
import { undoWorkflowNotStraight } from './rules/undo-workflow-not-straight.ts';
import { workflowDependencyCycle } from './rules/workflow-dependency-cycle.ts';
import { workflowIdDuplicate } from './rules/workflow-id-duplicate.ts';
import { workflowNotRunBefore } from './rules/workflow-not-run-before.ts';
import { workflowOutputUnknown } from './rules/workflow-output-unknown.ts';

export const rules: readonly Rule[] = [
  stepIdDuplicate,
  workflowIdDuplicate,
  sourceNameDuplicate,
  idIrregular,
  reusableValueIgnored,
  stepTargetMissing,
  stepTargetSeveral,
  channelActionMissing,
  channelFieldMisplaced,
  correlationIdOnSend,
  channelActionDiffers,
  correlationIdMissing,
  correlationLocationMissing,
  channelProtocolUnsupported,
  receiveParameterIgnored,
  receiveUnfit,
  parameterDuplicate,
  parameterInMissing,
  parameterInIgnored,
  parameterInForbidden,
  pathParameterUnknown,
  pathParameterMissing,
  parameterUnknown,
  parameterMissing,
  querystringBesideQuery,
  requestBodyUnexpected,
  requestBodyMissing,
  contentTypeUnknown,
  replacementTargetInvalid,
  inputMissing,
  inputUnexpected,
  requestBodyIgnored,
  securityNotSupported,
  actionNameDuplicate,
  gotoTargetMissing,
  actionTargetSeveral,
  actionTargetIgnored,
  retryFieldMisplaced,
  actionParametersMisplaced,
  actionUnreachable,
  actionsMerged,
  forwardOutputReference,
  stepDependencyCycle,
  workflowDependencyCycle,
  stepUnreachable,
  expressionInvalid,
  conditionInvalid,
  selectorInvalid,
  expressionTolerated,
  criterionContextMissing,
  textLikeExpression,
  outputUnknown,
  workflowOutputUnknown,
  inputUnknown,
  inputUndeclared,
  statusCodeOnWorkflow,
  outputsUnavailable,
  responseUnavailable,
  workflowNotRunBefore,
  secretLiteral,
  outputAlwaysNull,
  failedAnswerUnavailable,
  outputConstant,
  responseMemberUnknown,
  payloadUnfit,
  policyOnSafeStep,
  cacheOnEffect,
  policyOnWorkflowStep,
  probeNotSafe,
  probeMissing,
  outputInDoubt,
  policyReadUnavailable,
  undoWorkflowNotStraight,
  undoChangesNothing,
  fallbackStepUnfit,
  fallbackOutputsDiffer,
  effectWithoutUndo,
  effectInDoubt,
  effectsUnprotected,
  idempotencyUndeclared,
  itemUnavailable,
  forEachUnfit,
  pollUnfit,
  interactionUnfit,
  interactionUnavailable,
  sloUnfit,
  systemDependencyCycle,
  healthUnfit,
];
