#include "mcp/mirrored_headers.h"

#include <openssl/evp.h>

#include "base/ascii.h"
#include "base/text.h"

namespace mcp {
namespace {

constexpr std::string_view sentinel_start = "=?base64?";
constexpr std::string_view sentinel_end = "?=";
constexpr std::size_t max_encoded = 8192;

// Standard base64 with padding (RFC 4648 section 4). Encoding the result again must give the same text, which refuses
// white space and loose last bits that OpenSSL lets pass.
std::optional<std::string> decode_base64(std::string_view encoded) {
    if (encoded.size() > max_encoded || encoded.size() % 4 != 0) return std::nullopt;
    std::string decoded(encoded.size() / 4 * 3, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(decoded.data());
    const auto* text = reinterpret_cast<const unsigned char*>(encoded.data());
    const int size = EVP_DecodeBlock(bytes, text, static_cast<int>(encoded.size()));
    if (size < 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < encoded.size() && encoded[encoded.size() - 1 - padding] == '=')
        padding++;
    decoded.resize(static_cast<std::size_t>(size) - padding);
    std::string again(encoded.size() + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(again.data()),
                    reinterpret_cast<const unsigned char*>(decoded.data()), static_cast<int>(decoded.size()));
    again.resize(encoded.size());
    if (again != encoded) return std::nullopt;
    return decoded;
}

// An absent header is fine unless it is required; a present one must be alone and say what the body says.
bool agrees(std::span<const std::string_view> values, std::optional<std::string_view> body, bool required) {
    if (values.empty()) return !required;
    if (values.size() > 1 || !body) return false;
    const auto decoded = decode_header_value(values.front());
    return decoded && *decoded == *body;
}

}  // namespace

std::optional<std::string> decode_header_value(std::string_view value) {
    // Bytes beyond ASCII are Latin-1 to one reader and UTF-8 to the next: such a value needs the base64 form.
    if (!value.starts_with(sentinel_start))
        return base::is_printable(value) ? std::optional(std::string(value)) : std::nullopt;
    value.remove_prefix(sentinel_start.size());
    if (!value.ends_with(sentinel_end)) return std::nullopt;
    value.remove_suffix(sentinel_end.size());
    auto decoded = decode_base64(value);
    if (!decoded || !base::is_utf8(*decoded)) return std::nullopt;
    return decoded;
}

std::expected<void, TransportError> check_agreement(const MirroredHeaders& headers, const Message& message,
                                                    bool obliged) {
    if (message.is_batch()) {  // one header cannot speak for several entries, and modern revisions know no batches
        if (obliged) return std::unexpected(TransportError::body_not_jsonrpc);
        if (!headers.method.empty() || !headers.name.empty()) return std::unexpected(TransportError::header_mismatch);
        return {};
    }
    const Operation& operation = message.operations().front();
    const bool is_request = !operation.method.empty();
    const auto method = is_request ? std::optional(operation.method) : std::nullopt;
    if (!agrees(headers.method, method, obliged && is_request)) return std::unexpected(TransportError::header_mismatch);
    const Target* target = target_of(operation.method);
    if (!agrees(headers.name, operation.addressed(), obliged && target != nullptr && target->header_required))
        return std::unexpected(TransportError::header_mismatch);
    if (operation.meta_version && !agrees(headers.protocol_version, operation.meta_version, true))
        return std::unexpected(TransportError::header_mismatch);
    return {};
}

}  // namespace mcp
