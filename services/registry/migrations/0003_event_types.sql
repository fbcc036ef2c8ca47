-- The catalogue: what may be published and subscribed to, with a sample of each type's data for tests.
CREATE TABLE event_types (
  name text PRIMARY KEY,
  description text NOT NULL,
  sample text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO event_types (name, description, sample) VALUES
  ('user.created', 'New user registration',
   '{"user":{"id":"user_789","username":"john.doe@example.com","name":"John Doe","created_at":"2024-01-15T10:30:00Z","permissions":["read","write"]}}'),
  ('user.updated', 'User profile changes',
   '{"user":{"id":"user_789","username":"john.doe@example.com","name":"John Q. Doe","updated_at":"2024-01-15T10:45:00Z"},"changed":["name"]}'),
  ('user.deleted', 'User account deletion',
   '{"user":{"id":"user_789","username":"john.doe@example.com","deleted_at":"2024-01-15T18:00:00Z"}}'),
  ('user.login', 'User authentication',
   '{"user":{"id":"user_789","username":"john.doe@example.com"},"login":{"at":"2024-01-15T10:31:00Z","ip":"198.51.100.24","method":"password"}}'),
  ('user.logout', 'User session end',
   '{"user":{"id":"user_789","username":"john.doe@example.com"},"logout":{"at":"2024-01-15T17:02:00Z","reason":"user"}}'),
  ('token.created', 'New access token issued',
   '{"token":{"user_id":"user_789","token_type":"access_token","expires_at":"2024-01-15T11:30:00Z","scopes":["read","write"]}}'),
  ('token.refreshed', 'Access token refreshed',
   '{"token":{"user_id":"user_789","token_type":"access_token","expires_at":"2024-01-15T12:00:00Z","scopes":["read","write"]}}'),
  ('token.revoked', 'Token manually revoked',
   '{"token":{"user_id":"user_789","token_type":"access_token","revoked_at":"2024-01-15T11:10:00Z","revoked_by":"user_001"}}'),
  ('token.expired', 'Token expired',
   '{"token":{"user_id":"user_789","token_type":"access_token","expired_at":"2024-01-15T12:00:00Z"}}'),
  ('api.rate_limit_exceeded', 'Rate limit violation',
   '{"rate_limit":{"user_id":"user_789","endpoint":"/v2/users/me","limit":1000,"window":3600,"exceeded_by":50}}'),
  ('api.error', 'API error occurred',
   '{"error":{"user_id":"user_789","endpoint":"/v2/users","method":"POST","status":500,"code":"internal_error","request_id":"req_123"}}'),
  ('system.maintenance', 'Scheduled maintenance',
   '{"maintenance":{"id":"maintenance_42","starts_at":"2024-01-20T02:00:00Z","ends_at":"2024-01-20T04:00:00Z","affected":["api","dashboard"],"description":"Database upgrade"}}');
