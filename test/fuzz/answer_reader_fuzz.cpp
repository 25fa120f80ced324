// An answer, read in pieces: every split says the same as the whole. The first byte says whether it is an event stream.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/text.h"
#include "mcp/answer_reader.h"
#include "mcp/request_reader.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

// What is told of these pieces, as a text.
class Told {
public:
    explicit Told(mcp::AnswerForm form) : reader_(form, [this](const mcp::Answer& answer) { take(answer); }) {}
    void add(std::string_view piece) { reader_.add(piece); }
    const std::string& end() {
        reader_.end();
        return text_;
    }

private:
    void take(const mcp::Answer& answer) {
        require(answer.id.size() <= mcp::longest_observed_id && base::is_utf8(answer.id));
        require(answer.outcome.kind != mcp::Outcome::Kind::unknown);
        require(!answer.outcome.code || answer.outcome.kind == mcp::Outcome::Kind::error);
        text_ += answer.id + " " + std::to_string(static_cast<int>(answer.outcome.kind)) + " " +
                 (answer.outcome.code ? std::to_string(*answer.outcome.code) : "-") + "\n";
    }

    std::string text_;
    mcp::AnswerReader reader_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t most_splits = 300;
    if (size == 0) return 0;
    const auto form = data[0] == 'e' ? mcp::AnswerForm::events : mcp::AnswerForm::json;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    Told whole(form);
    whole.add(body);
    const std::string wanted = whole.end();

    Told bytes(form);
    for (std::size_t i = 0; i < body.size(); i++)
        bytes.add(body.substr(i, 1));
    require(bytes.end() == wanted);
    for (std::size_t i = 1; i < body.size() && i < most_splits; i++) {
        Told split(form);
        split.add(body.substr(0, i));
        split.add(body.substr(i));
        require(split.end() == wanted);
    }
    return 0;
}
