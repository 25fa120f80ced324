#include "ngx/waits.h"

#include <utility>

namespace ngx {

void Wait::end() noexcept {
    if (timeout_.timer_set) ngx_del_timer(&timeout_);
    if (link_ == nullptr) return;
    *link_ = next_;
    if (next_ != nullptr) next_->link_ = link_;
    link_ = nullptr;
}

void Wait::done() noexcept {
    end();
    done_(context_);
}

void Wait::on_timeout(ngx_event_t* event) noexcept {
    static_cast<Wait*>(event->data)->done();
}

Waits::~Waits() {
    while (first_ != nullptr)
        first_->end();
}

void Waits::add(Wait& wait, ngx_msec_t limit, Wait::Done done, void* context) noexcept {
    wait.end();
    wait.done_ = done;
    wait.context_ = context;
    wait.timeout_.data = &wait;
    wait.timeout_.handler = Wait::on_timeout;
    wait.timeout_.log = ngx_cycle->log;
    ngx_add_timer(&wait.timeout_, limit);

    wait.next_ = first_;
    wait.link_ = &first_;
    if (first_ != nullptr) first_->link_ = &wait.next_;
    first_ = &wait;
}

void Waits::call_all() noexcept {
    Wait* called = std::exchange(first_, nullptr);
    if (called != nullptr) called->link_ = &called;
    while (called != nullptr)
        called->done();  // which moves `called` on, as may the end of any other
}

}  // namespace ngx
