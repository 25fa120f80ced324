// Claims that a log, a header or a variable shows, and that authorization servers name or write in several ways. For
// decisions there are scope_contains() and the claims themselves.
#pragma once

#include <optional>
#include <string>

#include "oauth/json/json.h"

namespace oauth {

// The client that the token was issued to: the first of these that is there and not null.
//   client_id  RFC 9068 section 2.2, RFC 7662 section 2.2
//   azp        OpenID Connect Core section 2: Keycloak, Auth0, Google, Entra ID v2.0
//   cid        Okta
//   appid      Entra ID v1.0
// Not `aud`: that is who the token is for.
std::optional<json::Value> client_claim(const json::Value& claims) noexcept;

// What is granted, with spaces between, whether `scope` or `scp` says it and how. A string is left as it
// is. An element of an array with a space in it is no scope, and left out: it would become two. nullopt: no claim says
// it, or not in a form that grants anything. Throws std::bad_alloc.
std::optional<std::string> granted_scopes(const json::Value& claims);

}  // namespace oauth
