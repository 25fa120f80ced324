#include "support/asked.h"

namespace support {
namespace {

class FakeTransport final : public authority::Transport {
public:
    explicit FakeTransport(std::list<Asked>::iterator place) noexcept : place_(place) {}
    ~FakeTransport() override { asked().erase(place_); }

private:
    std::list<Asked>::iterator place_;
};

authority::Started begin(authority::Receiver& receiver, const authority::Message& message) {
    if (obstacle()) return std::unexpected(*obstacle());
    std::list<Asked>& all = asked();
    return std::make_unique<FakeTransport>(
        all.insert(all.end(), Asked{.receiver = &receiver,
                                    .form = std::string(message.form ? message.form->reveal() : ""),
                                    .authorization = std::string(message.authorization),
                                    .is_good_once = message.is_good_once}));
}

}  // namespace

std::list<Asked>& asked() noexcept {
    static std::list<Asked> all;
    return all;
}

std::optional<authority::Answer>& obstacle() noexcept {
    static std::optional<authority::Answer> answer;
    return answer;
}

}  // namespace support

namespace authority {

Started ask(Receiver& receiver, const HttpEndpoint&, const Message& message) {
    return support::begin(receiver, message);
}

Started ask(Receiver& receiver, const InternalLocation&, const Message& message, ngx_http_request_t*) {
    return support::begin(receiver, message);
}

}  // namespace authority
