package TestNginx::Limits;

# Limits on the questions that requests make nginx ask: what is under way, and what is refused.

use v5.36;

use Exporter qw(import);
use Test::More;
use TestNginx;

our @EXPORT = qw(count_questions from asked under_way in_hand fill_waiting statuses is_limited);

my ($server, @paths);

# The origin that is asked, and the paths that count; none: all.
sub count_questions ($origin, @those) {
    ($server, @paths) = ($origin, @those);
    return;
}

sub asked () {
    my $count = 0;
    $count += () = $server->requests($_) for @paths ? @paths : undef;
    return $count;
}

# The client's address, by "real_ip_header X-Client".
sub from ($address) { return (headers => ["X-Client: $address"]) }

# Begins the requests, each [$path, options], and waits until the origin has heard of `wanted` of them.
sub under_way ($nginx, $wanted, @requests) {
    my $before = asked();
    my @begun  = map { $nginx->begin(@$_) } @requests;
    wait_for(5, sub { asked() == $before + $wanted }) or die "they were not asked about\n";
    return @begun;
}

# Waits until nginx has begun with as many requests, and ended none of them. It has a "location = /status { stub_status; }".
sub in_hand ($nginx, $count) {
    wait_for(5, sub { $nginx->get('/status')->body =~ /Writing: (\d+)/ && $1 == $count + 1 }) or die "nginx has other requests in hand\n";
    return;
}

# Has eight requests wait for one answer, as many as "waiting=8" allows: two of each of four clients.
sub fill_waiting ($nginx, $path, $token) {
    my @begun = under_way($nginx, 1, [$path, token => $token]);
    push @begun, $nginx->begin($path, token => $token);
    ok wait_for(5, sub { $nginx->get($path, token => $token)->status == 503 }), 'one client has a quarter of the places for those who wait';
    for my $client (1 .. 3) {
        push @begun, map { $nginx->begin($path, token => $token, from("192.0.2.$client")) } 1 .. 2;
    }
    ok wait_for(5, sub { $nginx->get($path, token => $token, from('192.0.2.9'))->status == 503 }), 'no more requests wait than may, even for a question that is asked';
    return @begun;
}

sub statuses (@begun) {
    return join ' ', map { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20)))[0]->status } @begun;
}

# Returns what stands in the log about it.
sub is_limited ($nginx, $name, $path, %request) {
    my $mark     = $nginx->log_mark;
    my $before   = asked();
    my $response = $nginx->get($path, %request);
    is $response->status, 503, "$name: refused at once";
    like $response->header('Retry-After'), qr/\A[1-9]\d*\z/, '... and told when to come again';
    is $response->header('WWW-Authenticate'), undef, '... but not that its token is bad';
    is asked(), $before, '... nobody was asked';
    return $nginx->log($mark);
}

1;
