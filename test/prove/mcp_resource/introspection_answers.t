# Answers that are the authorization server's fault never turn a token into an inactive one: 503 with Retry-After, no
# challenge, and one log line that names the cause (SPEC 85, 87). And requests with one new token share one question.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Introspection;
use TestNginx::Mcp;

my $as      = run_origin();
my $port    = $as->port;
my $client  = 'client_id=gateway client_secret_file=secret';
my $protect = "mcp_resource $resource; mcp_authorization_server https://as.example.com; %%OK%%";
my $nginx   = run_nginx(<<"CONF", { secret => 'secret-of-the-gateway' }, connections => 4096);
    mcp_zone mcp 1m;
    server {
        listen 127.0.0.1:%%PORT%% backlog=4096;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp     { mcp_introspection http://127.0.0.1:$port/introspect $client; $protect }
        location /down    { mcp_introspection http://127.0.0.1:%%PORT_NOBODY%%/x $client; $protect }
        location /nowhere { mcp_introspection https://no-such-host.invalid/x $client; $protect }
        location /plain { %%OK%% }
    }
CONF
$nginx->passes_after('/plain');
$nginx->keep_out_of_log('secret-of-the-gateway');
my $number = 0;
my $active = to_json({ active => JSON::true, aud => $resource });
sub answer ($answer) { return $as->answer('/introspect', ref $answer ? %$answer : (body => $answer)) }
sub token () { return 'opaque-token-' . ++$number }
sub asked () { return scalar(() = $as->requests('/introspect')) }

sub unavailable ($name, $answer, $reason, $retry_after = 5, $path = '/mcp') {
    answer($answer) if $answer;
    my $token = token();
    $nginx->refuses("$name: 503", path => $path, token => $token, status => 503, reason => qr/mcp_resource: refused with 503 \(\w+\): $reason:/);
    return if ref $answer && $answer->{hang};    # the whole deadline again
    return is $nginx->get($path, token => $token)->header('Retry-After'), $retry_after, "$name: Retry-After";
}

unavailable(@$_) for faulty_answers("http://127.0.0.1:$port/other");
unavailable('nobody listens',  undef, 'server_unreachable', 5, '/down');
unavailable('nobody has this name', undef, 'server_unreachable', 5, '/nowhere');
answer({ status => 400, body => '{"error":"unsupported_token_type"}' });
$nginx->refuses('SPEC 87: a definitive no', path => '/mcp', token => token(), reason => qr/token_kind_refused/);
answer({ status => 500 });
$nginx->refuses('no credentials: nobody is asked', path => '/mcp', reason => qr/credentials_missing/);
answer($active);
is $nginx->get('/mcp', token => token())->status, 200, 'and it gets well by itself';

# --- one question for all who wait

sub statuses (@responses) {
    my %count;
    $count{ $_->status }++ for @responses;
    return join ' ', map { "$_:$count{$_}" } sort keys %count;
}
sub together ($count, $token) { return statuses($nginx->get_at_once(map { ['/mcp', token => $token] } 1 .. $count)) }

my $before = asked();
answer({ body => $active, delay => 2 });
is together(1000, 'token-of-a-thousand'), '200:1000', 'a thousand first requests with one token pass';
is asked() - $before, 1, 'exactly one question reached the server';
is together(50, 'token-of-a-thousand'), '200:50', 'later ones pass';
is asked() - $before, 1, 'from the cache';
answer({ status => 429, headers => [['Retry-After', 9]], delay => 1 });
is together(20, 'token-at-a-busy-server'), '503:20', 'a fault is for all who wait';

# --- clients that leave

answer({ hang => 1 });
$nginx->begin('/mcp', token => 'token-of-who-leaves') for 1 .. 3;
$nginx->get_http2('/mcp', token => 'token-of-who-leaves', port => 'PORT_H2', max_time => 0.3);

sub asked_about ($token) { return scalar grep { $_->{body} =~ /\btoken=\Q$token\E&/ } $as->requests('/introspect') }
answer({ body => $active, delay => 2 });
my @sharing = map { $nginx->begin('/mcp', token => 'shared-token') } 1 .. 4;
ok wait_for(5, sub { asked_about('shared-token') == 1 }), 'the first one asks';
is $nginx->get('/plain')->status, 200, 'others are served meanwhile';
undef @sharing[0, 2];
my @left = map { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20)))[0]->status } @sharing[1, 3];
is "@left", '200 200', 'when it leaves, those who stay get the answer';
is asked_about('shared-token'), 1, 'to the one question';

finish();
