# auth_oauth2_token_request_limits: each token is a question of its own, and anyone can make them up. What is beyond a limit
# gets 503 with Retry-After at once, and nobody is asked.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Limits;

my $as   = run_origin();
my $port = $as->port;
count_questions($as);

sub server ($limits) {
    return run_nginx(<<"CONF", {}, connections => 1024);
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    $limits
    server {
        listen 127.0.0.1:%%PORT%%;
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Client;
        location /introspect { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/introspect; auth_oauth2_token_introspect_cache zone=main:1m; %%OK%% }
        location /other      { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/other; %%OK%% }
        location /exchange   { auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_as/token; auth_oauth2_token_exchange_cache zone=main:1m; %%OK%% }
        location /_as/       { internal; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
}

my $number = 0;
sub token ()        { return 'opaque-' . ++$number }

my $issued = '{"access_token":"new","token_type":"Bearer","issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}';
sub answers (%more) {
    $as->answer($_, body => '{"active":true}', %more) for qw(/introspect /other);
    $as->answer('/token', body => $issued, %more);
    return;
}

for my $path ('/introspect', '/exchange') {
    my $nginx = server('auth_oauth2_token_request_limits per_client=2 per_server=3 total=4;');
    answers();
    my $known = token();
    is $nginx->get($path, token => $known)->status, 200, "$path: a token that is known from now on";

    answers(delay => 1.5);
    my $new   = token();
    my @begun = under_way($nginx, 2, [$path, token => $new], [$path, token => token()]);
    my $log   = is_limited($nginx, "$path: a third question of one client", $path, token => token());
    like $log, qr/\[error\].*auth_oauth2_token: server_requests_limited/, 'the first refusal is an error in the log';
    unlike join('', map { is_limited($nginx, 'another one in the same second', $path, token => token()) } 1 .. 2), qr/\[error\].*\[error\]/s, 'not every one is';
    is $nginx->get($path, token => $known)->status, 200, 'a known token needs no question';
    push @begun, $nginx->begin($path, token => $new);
    push @begun, under_way($nginx, 1, [$path, token => token(), from('192.0.2.1')]);
    is_limited($nginx, "$path: a fourth question to one server", $path, token => token(), from('192.0.2.2'));
    push @begun, under_way($nginx, 1, ['/other', token => token(), from('192.0.2.3')]);
    is_limited($nginx, "$path: a fifth question in all", '/other', token => token(), from('192.0.2.4'));
    is statuses(@begun), '200 200 200 200 200', 'those that were let through, or joined one of these, get their answers';
    answers();
    is $nginx->get($path, token => token())->status, 200, 'then there is room again';

    answers(hang => 1);
    for my $round (1 .. 3) {
        my @gone = under_way($nginx, 2, map { [$path, token => token()] } 1 .. 2);
    }
    answers();
    ok wait_for(5, sub { $nginx->get($path, token => token())->status == 200 }), 'clients that leave take no room';
    $nginx->stop;
}

# Who names other Hosts asks the same server.
{
    my $nginx = server('auth_oauth2_token_request_limits per_server=2;');
    answers(delay => 1.5);
    my $raw = sub ($host) { return "GET /introspect HTTP/1.1\r\nHost: $host.example.com\r\nConnection: close\r\nAuthorization: Bearer " . token() . "\r\n\r\n" };
    my @begun = under_way($nginx, 2, map { ['/introspect', raw => $raw->("h$_")] } 1 .. 2);
    is $nginx->get('/introspect', raw => $raw->('h3'))->status, 503, 'a made up Host is not another server';
    is statuses(@begun), '200 200', 'the others get their answers';
    $nginx->stop;
}

{
    my $nginx = server('auth_oauth2_token_request_limits waiting=8;');
    answers(delay => 1.5);
    my $token = token();
    my @begun = fill_waiting($nginx, '/introspect', $token);
    is_limited($nginx, 'nor for another', '/introspect', token => token(), from('192.0.2.9'));
    is statuses(@begun), join(' ', (200) x 8), 'those that wait get their answer';
    $nginx->stop;
}

# What is not said: 64 for each client.
{
    my $nginx = server('');
    answers(delay => 1.5);
    my @responses = $nginx->get_at_once(map { ['/introspect', token => token()] } 1 .. 100);
    is scalar(grep { $_->status == 200 } @responses), 64, 'a hundred new tokens of one client at once: 64 are asked about';
    is scalar(grep { $_->status == 503 && $_->header('Retry-After') } @responses), 36, 'the others are told to come back';
}

finish();
