# How much strangers can make nginx ask: each token is a question of its own, and anyone can make them up.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Limits;
use TestNginx::Mcp;

my $as   = run_origin();
my $port = $as->port;
count_questions($as, '/introspect', '/other');
my $good = to_json({ active => JSON::true, aud => $resource, scope => 'read' });
my $own  = 'https://mcp.example.com/other';

sub server ($limits) {
    return run_nginx(<<"CONF", { secret => "s\n", 'jwks.json' => jwks('p256') });
    mcp_zone mcp 1m;
    mcp_authorization_server http://127.0.0.1:$port;
    $limits
    server {
        listen 127.0.0.1:%%PORT%%;
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Client;
        location /mcp   { mcp_resource $resource; mcp_introspection http://127.0.0.1:$port/introspect client_id=c client_secret_file=secret; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /other { mcp_resource $own; mcp_audience $resource; mcp_introspection http://127.0.0.1:$port/other client_id=c client_secret_file=secret; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /file  { mcp_resource https://mcp.example.com/file; mcp_audience $resource; mcp_jwks jwks.json; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /keys  { mcp_resource https://mcp.example.com/keys; mcp_audience $resource; mcp_jwks http://127.0.0.1:$port/keys; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 passed; }
CONF
}

my $number = 0;
sub token ()        { return 'opaque-' . ++$number }

sub slowly ()  { $as->answer($_, body => $good, delay => 1.5) for qw(/introspect /other); return }
sub quickly () { $as->answer($_, body => $good)               for qw(/introspect /other); return }

{
    my $nginx = server('mcp_authorization_server_limits per_client=2 per_server=3 total=4;');
    quickly();
    my $known = token();
    is $nginx->get('/mcp', token => $known)->status, 200, 'a token that is known from now on';

    slowly();
    my $new   = token();
    my @begun = under_way($nginx, 2, ['/mcp', token => $new], ['/mcp', token => token()]);
    my $log   = is_limited($nginx, 'a third question of one client', '/mcp', token => token());
    like $log, qr/\[error\].*server_requests_limited/, 'the first refusal is an error in the log';
    unlike join('', map { is_limited($nginx, 'another one', '/mcp', token => token()) } 1 .. 2), qr/\[error\].*\[error\]/s, 'not each of those in the same second is';
    is $nginx->get('/mcp', token => $known)->status, 200, 'a known token needs no question';
    push @begun, $nginx->begin('/mcp', token => $new);
    push @begun, under_way($nginx, 1, ['/mcp', token => token(), from('192.0.2.1')]);
    is_limited($nginx, 'a fourth question to one server', '/mcp', token => token(), from('192.0.2.2'));
    push @begun, under_way($nginx, 1, ['/other', token => token(), from('192.0.2.3')]);
    is_limited($nginx, 'a fifth question in all', '/other', token => token(), from('192.0.2.4'));
    is statuses(@begun), '200 200 200 200 200', 'those that were let through, or joined one of these, get their answers';
    quickly();
    is $nginx->get('/mcp', token => token())->status, 200, 'then there is room again';

    # IPv6 clients have a /64, and can take any address of it.
    slowly();
    @begun = under_way($nginx, 2, map { ['/mcp', token => token(), from("2001:db8::$_")] } 1 .. 2);
    is_limited($nginx, 'a third address of the same /64', '/mcp', token => token(), from('2001:db8::ffff:3'));
    push @begun, under_way($nginx, 1, ['/other', token => token(), from('2001:db8:0:1::1')]);
    is statuses(@begun), '200 200 200', 'another /64 is another client';

    # Clients that leave take no room.
    $as->answer('/introspect', hang => 1);
    undef @begun;
    for my $round (1 .. 3) {
        my @gone = under_way($nginx, 2, map { ['/mcp', token => token()] } 1 .. 2);
    }
    quickly();
    ok wait_for(5, sub { $nginx->get('/mcp', token => token())->status == 200 }), 'the questions of clients that have left end with them';
    $nginx->stop;
}

{
    my $nginx = server('mcp_authorization_server_limits waiting=8;');
    slowly();
    my $token = token();
    my @begun = fill_waiting($nginx, '/mcp', $token);
    is_limited($nginx, 'nor for another', '/mcp', token => token(), from('192.0.2.9'));
    $as->answer('/keys', body => jwks('p256'), hang => 1);
    my $jwt = mint('p256', claims(iss => "http://127.0.0.1:$port", aud => $resource));
    is $nginx->get('/keys', token => $jwt)->status, 503, 'nor for keys';
    is $nginx->get('/file', token => $jwt)->status, 200, 'keys of a file need nobody to wait';
    is $nginx->get('/file', token => mint('rsa', claims(iss => "http://127.0.0.1:$port", aud => $resource)))->status, 401, '... nor does a key that is not in it';
    is statuses(@begun), join(' ', (200) x 8), 'those that wait get their answer';
}

# What is bounded is not the answer alone: an answer "no" is kept, too, and must not push out what is worth more.
{
    my $nginx = server('');
    quickly();
    my @known = map { token() } 1 .. 20;
    $nginx->get('/mcp', token => $_) for @known;
    my $before = asked();
    $as->answer('/introspect', body => '{"active":false,"padding":"' . 'x' x 4000 . '"}');
    is $nginx->get('/mcp', token => token())->status, 401, 'junk' for 1 .. 400;
    $as->answer('/introspect', status => 500);
    my @statuses = map { $nginx->get('/mcp', token => $_)->status } @known;
    is "@statuses", join(' ', (200) x @known), 'what 400 bad tokens left in the cache pushed out no good one';
}
finish();
