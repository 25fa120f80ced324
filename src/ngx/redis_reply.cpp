#include "ngx/redis_reply.h"

#include <hiredis/hiredis.h>
#include <openssl/crypto.h>

#include <new>
#include <utility>

namespace ngx {
namespace {

constexpr std::string_view not_redis = "it sent something that is no reply of Redis";
constexpr std::string_view too_much = "it sent a reply that is larger than any that is expected";

}  // namespace

// hiredis calls the functions of the table while it reads, and keeps what they return as the object of the value.
class RedisParser::Reader {
public:
    Reader() : reader_(redisReaderCreateWithFunctions(&functions)) {
        if (reader_ == nullptr) throw std::bad_alloc();
        reader_->privdata = this;
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { redisReaderFree(reader_); }

    void feed(std::string_view bytes) noexcept {
        if (trouble_.empty() && redisReaderFeed(reader_, bytes.data(), bytes.size()) != REDIS_OK) trouble_ = not_redis;
    }

    std::expected<std::optional<RedisReply>, std::string_view> next() {
        void* found = nullptr;
        if (trouble_.empty() && redisReaderGetReply(reader_, &found) != REDIS_OK) trouble_ = not_redis;
        if (found == nullptr && reader_->len - reader_->pos > most_bytes) trouble_ = too_much;
        if (exceeds_) trouble_ = too_much;
        if (!trouble_.empty()) return std::unexpected(trouble_);
        if (found == nullptr) return std::nullopt;
        bytes_ = values_ = 0;
        return std::exchange(root_, {});
    }

private:
    static Reader& of(const redisReadTask* task) noexcept { return *static_cast<Reader*>(task->privdata); }

    // Where the value belongs; null: the reply exceeds the bounds.
    RedisReply* place(const redisReadTask* task, std::size_t bytes) noexcept {
        values_++;
        bytes_ += bytes;
        exceeds_ = exceeds_ || values_ > most_values || bytes_ > most_bytes;
        if (exceeds_) return nullptr;
        if (task->parent == nullptr) return &root_;
        return &static_cast<RedisReply*>(task->parent->obj)->elements[static_cast<std::size_t>(task->idx)];
    }

    static void* make_string(const redisReadTask* task, char* text, std::size_t size) noexcept try {
        const std::optional<RedisReply::Kind> kind = kind_of_text(task->type);
        RedisReply* at = kind ? of(task).place(task, size) : nullptr;
        if (at == nullptr) return nullptr;
        *at = {.kind = *kind, .text = std::string(text, size)};
        return at;
    } catch (...) {
        return nullptr;
    }

    static std::optional<RedisReply::Kind> kind_of_text(int type) noexcept {
        if (type == REDIS_REPLY_STATUS) return RedisReply::Kind::status;
        if (type == REDIS_REPLY_ERROR) return RedisReply::Kind::error;
        if (type == REDIS_REPLY_STRING) return RedisReply::Kind::text;
        return std::nullopt;
    }

    static std::size_t depth_of(const redisReadTask* task) noexcept {
        std::size_t depth = 1;
        while ((task = task->parent) != nullptr)
            depth++;
        return depth;
    }

    template <class Size>  // an int in hiredis 0, a size_t since
    static void* make_array(const redisReadTask* task, Size size) noexcept try {
        Reader& self = of(task);
        const auto elements = static_cast<std::size_t>(size);
        self.exceeds_ = self.exceeds_ || elements > most_values - self.values_ || depth_of(task) > deepest;
        RedisReply* at = task->type == REDIS_REPLY_ARRAY ? self.place(task, 0) : nullptr;
        if (at == nullptr) return nullptr;
        *at = {.kind = RedisReply::Kind::array, .elements = std::vector<RedisReply>(elements)};
        return at;
    } catch (...) {
        return nullptr;
    }

    static void* make_integer(const redisReadTask* task, long long value) noexcept {
        RedisReply* at = of(task).place(task, 0);
        if (at != nullptr) *at = {.kind = RedisReply::Kind::integer, .integer = value};
        return at;
    }

    static void* make_nil(const redisReadTask* task) noexcept {
        RedisReply* at = of(task).place(task, 0);
        if (at != nullptr) *at = {};
        return at;
    }

    static void free_nothing(void*) noexcept {}  // all is in root_

    static redisReplyObjectFunctions made_functions() noexcept {
        redisReplyObjectFunctions table{};
        table.createString = make_string;
        table.createArray = make_array;
        table.createInteger = make_integer;
        table.createNil = make_nil;
#if HIREDIS_MAJOR >= 1
        // RESP3, which nobody has asked for.
        table.createDouble = [](const redisReadTask*, double, char*, std::size_t) -> void* { return nullptr; };
        table.createBool = [](const redisReadTask*, int) -> void* { return nullptr; };
#endif
        table.freeObject = free_nothing;
        return table;
    }

    static inline redisReplyObjectFunctions functions = made_functions();

    redisReader* reader_;
    RedisReply root_;
    std::size_t bytes_ = 0, values_ = 0;  // of the reply that is being read
    bool exceeds_ = false;
    std::string_view trouble_;
};

RedisParser::RedisParser() : reader_(std::make_unique<Reader>()) {}
RedisParser::~RedisParser() = default;

void RedisParser::feed(std::string_view bytes) noexcept {
    reader_->feed(bytes);
}

std::expected<std::optional<RedisReply>, std::string_view> RedisParser::next() {
    return reader_->next();
}

std::string redis_command(std::span<const std::string_view> arguments) {
    std::vector<const char*> starts;
    std::vector<std::size_t> sizes;
    for (const std::string_view argument : arguments) {
        starts.push_back(argument.data());
        sizes.push_back(argument.size());
    }
    char* made = nullptr;
    const auto size = redisFormatCommandArgv(&made, static_cast<int>(starts.size()), starts.data(), sizes.data());
    if (size < 0) throw std::bad_alloc();
    const auto length = static_cast<std::size_t>(size);
    const std::unique_ptr<char, decltype([](char* bytes) { redisFreeCommand(bytes); })> owned(made);
    std::string command(made, length);
    OPENSSL_cleanse(made, length);  // one of them may be a password
    return command;
}

}  // namespace ngx
