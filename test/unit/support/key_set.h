// A set of one good key, for tests of where sets come from.
#pragma once

#include <string>
#include <string_view>

namespace support {

inline std::string key_set(std::string_view kid) {
    return R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":")" +
           std::string(kid) + "\"}]}";
}

}  // namespace support
