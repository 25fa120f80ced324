#include "cli/http_error.h"

#include <openssl/x509_vfy.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace cli {
namespace {

HttpError unreachable(std::string text, std::string remedy) {
    return {.text = std::move(text), .remedy = std::move(remedy), .is_unreachable = true};
}

HttpError unusable(std::string text, std::string remedy) {
    return {.text = std::move(text), .remedy = std::move(remedy)};
}

// Whom the server's own certificate is for; empty: it does not say.
std::string names_of_certificate(CURL* handle) {
    static constexpr std::string_view field = "X509v3 Subject Alternative Name:";
    static constexpr std::size_t enough = 200;
    curl_certinfo* info = nullptr;
    if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &info) != CURLE_OK || info == nullptr || info->num_of_certs < 1)
        return {};
    for (const curl_slist* line = info->certinfo[0]; line != nullptr; line = line->next) {
        std::string_view text(line->data);
        if (!text.starts_with(field)) continue;
        text.remove_prefix(field.size());
        return std::string(text.substr(0, enough)) + (text.size() > enough ? "..." : "");
    }
    return {};
}

HttpError wrong_name(CURL* handle) {
    const std::string names = names_of_certificate(handle);
    return unreachable("its certificate is for another host name" + (names.empty() ? "" : ": " + names),
                       "use a name that the certificate has, or get a certificate for this one");
}

// The certificate as OpenSSL judged it.
HttpError untrusted(CURL* handle) {
    long verdict = X509_V_OK;
    curl_easy_getinfo(handle, CURLINFO_SSL_VERIFYRESULT, &verdict);
    switch (verdict) {
        case X509_V_OK:
        case X509_V_ERR_UNSPECIFIED:  // libcurl looks at the name before it asks for the verdict
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return wrong_name(handle);
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return unreachable(
                "its certificate is self-signed",
                "give that certificate with --ca FILE if it is meant to be; clients refuse it until they "
                "trust it, too");
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return unreachable("its certificate was signed by a CA that is not known here",
                               "give the certificate of that CA with --ca FILE; clients need it as well");
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
            return unreachable(
                "its certificate was signed by a CA that is not known here, or the server does not send "
                "the certificates between the two",
                "give the certificate of that CA with --ca FILE; if it is a public one, put the whole "
                "chain into MCP_SSL_CERT_FILE (tls.certificate, ssl_certificate)");
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return unreachable("its certificate, or one that signed it, has expired",
                               "renew it (MCP_SSL_CERT_FILE, tls.certificate, ssl_certificate), and reload nginx");
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return unreachable("its certificate is not valid yet", "compare the clocks of both machines");
        default:
            return unreachable(
                std::string("its certificate is not accepted: ") + X509_verify_cert_error_string(verdict),
                "give it another certificate, or its CA with --ca FILE");
    }
}

// With the system's own words: "Connection refused".
HttpError not_connected(CURL* handle) {
    long number = 0;
    curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &number);
    const bool says_nothing = number == 0 || number == EADDRNOTAVAIL;  // of ::1, where there is no IPv6
    return unreachable(
        std::string("nothing can be reached there") +
            (says_nothing ? "" : std::string(": ") + std::strerror(static_cast<int>(number))),
        "start it, or check the host, the port and the firewall; in a container, localhost is the container");
}

HttpError too_late(CURL* handle) {
    curl_off_t connected = 0;
    curl_easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME_T, &connected);
    if (connected == 0)
        return unreachable("no connection was made in time",
                           "check the host, the port and the firewall, and the load of the server");
    return unusable("the response took too long", "see the log of the server there");
}

HttpError proxy_refuses(long status) {
    return unreachable("the proxy refuses to connect (status " + std::to_string(status) + ")",
                       status == 407
                           ? "give it a name and a password: user and password_file of `proxy` in the file, or "
                             "https_proxy=http://user:password@host:port"
                           : "have its rules permit this server, or name the host in no_proxy");
}

}  // namespace

HttpError error_of(CURL* handle, CURLcode code) {
    long proxy_status = 0;  // of its answer to CONNECT
    curl_easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (proxy_status != 0 && proxy_status / 100 != 2) return proxy_refuses(proxy_status);
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return unreachable("its host name is not known here",
                               "check the name, and the DNS of this machine or container");
        case CURLE_COULDNT_RESOLVE_PROXY:
            return unreachable("the name of the proxy is not known here",
                               "check `proxy` of the settings file, or http_proxy, https_proxy and no_proxy");
        case CURLE_COULDNT_CONNECT:
            return not_connected(handle);
        case CURLE_OPERATION_TIMEDOUT:
            return too_late(handle);
        case CURLE_PEER_FAILED_VERIFICATION:
            return untrusted(handle);
        case CURLE_SSL_CONNECT_ERROR:
            return unreachable(
                "there is no TLS 1.2 or 1.3 at this port",
                "use an http URL if it speaks http; otherwise let it speak TLS 1.2 or 1.3 (ssl_protocols)");
        case CURLE_SSL_CERTPROBLEM:
            return unreachable("the client's certificate and key cannot be used",
                               "both must be PEM, belong together, and have no password");
        case CURLE_SSL_CACERT_BADFILE:
            return unreachable("the certificates of --ca, or of `ca` in the file, cannot be used",
                               "it must have certificates in PEM form");
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY:
            return unusable("the server there does not speak HTTP",
                            "check that the port is not that of another service");
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_PARTIAL_FILE:
            return unusable("the connection was closed before the response was complete",
                            "see the log of the server there; if it speaks https, use an https URL");
        default:
            return unusable(curl_easy_strerror(code), "see the log of the server there");
    }
}

}  // namespace cli
