#include "cli/certificates.h"

#include <openssl/pem.h>

#include <new>

#include "base/openssl.h"
#include "cli/commands.h"
#include "cli/files.h"

namespace cli {

void check_ca_file(const std::string& name, std::string_view whose) {
    const base::openssl::ErrorQueueGuard guard;
    const std::string text = read_file(name, whose);
    const base::openssl::Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (bio == nullptr) throw std::bad_alloc();
    const base::openssl::Certificate first(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (first == nullptr) fail_usage(std::string(whose) + ": the file has no certificate in PEM form");
}

}  // namespace cli
