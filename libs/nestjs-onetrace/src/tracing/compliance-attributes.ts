import type { Attributes } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';

/** What an auditor asks of a piece of work on personal or medical data. */
export interface ComplianceDescription {
  /** What is done to the data; written as `operation_type`. */
  readonly operationType?: 'read' | 'write' | 'delete';
  /** Written as `data_sensitivity`. */
  readonly dataSensitivity?: 'low' | 'medium' | 'high';
  /** Under which rules; written as `compliance_context`. */
  readonly complianceContext?: 'GDPR' | 'HIPAA' | 'DiGA';
  /** Whether the work belongs into an audit trail; written as `audit_required`. */
  readonly auditRequired?: boolean;
}

/** The attributes of a description, for `@Trace({ attributes })` and for spans of the application's own making. */
export function complianceAttributes(description: ComplianceDescription): Attributes {
  const attributes: Attributes = {};
  const { operationType, dataSensitivity, complianceContext, auditRequired } = description;
  if (operationType !== undefined) attributes[ATTR.operationType] = operationType;
  if (dataSensitivity !== undefined) attributes[ATTR.dataSensitivity] = dataSensitivity;
  if (complianceContext !== undefined) attributes[ATTR.complianceContext] = complianceContext;
  if (auditRequired !== undefined) attributes[ATTR.auditRequired] = auditRequired;
  return attributes;
}
