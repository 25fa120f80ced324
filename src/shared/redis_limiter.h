#pragma once
#include "ngx/config.h"
#include "shared/limits.h"
namespace shared {
enum class OnError : std::uint8_t { deny, allow };
struct RedisSettings { OnError on_error = OnError::deny; static RedisSettings read(const ngx::Arguments&) { throw ngx::ConfigError("not yet"); } };
}
