#include "oauth/client_credentials.h"

#include <openssl/evp.h>

#include <string>

#include "base/form.h"

namespace oauth {

base::Secret basic_credentials(std::string_view client_id, std::string_view client_secret) {
    static constexpr std::string_view scheme = "Basic ";
    const base::Secret pair(base::form_encode(client_id) + ":" + base::form_encode(client_secret));
    const std::string_view bytes = pair.reveal();

    std::string value(scheme);
    value.resize(scheme.size() + (bytes.size() + 2) / 3 * 4 + 1);  // EVP_EncodeBlock ends with a NUL
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(value.data() + scheme.size()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return base::Secret(std::string_view(value.data(), scheme.size() + static_cast<std::size_t>(size)));
}

}  // namespace oauth
