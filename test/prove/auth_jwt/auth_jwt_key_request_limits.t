# auth_jwt_key_request_limits: what one client, and all of them, can make nginx ask for keys at the same time. What is beyond a
# limit gets 503 with Retry-After at once, and nobody is asked.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Limits;

my $as   = run_origin();
my $port = $as->port;
count_questions($as);
my $good = mint('p256');

sub server ($limits) {
    return run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') }, connections => 1024);
    $limits
    server {
        listen 127.0.0.1:%%PORT%%;
        server_name api.example.com *.example.com;
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Client;
        auth_jwt "site";
        location /each   { auth_jwt_key_request /_as/each; %%OK%% }
        location /kept   { auth_jwt_key_request /_as/kept; auth_jwt_key_cache 1h; %%OK%% }
        location /other  { auth_jwt_key_request /_as/other; %%OK%% }
        location /either { auth_jwt_key_request /_as/each; auth_jwt_key_file jwks.json; %%OK%% }
        location /_as/   { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
}

sub answers (%more) { $as->answer("/$_", body => jwks('p256'), %more) for qw(each kept other); return }

{
    my $nginx = server('auth_jwt_key_request_limits per_client=2 per_server=3 total=4;');
    answers();
    is $nginx->get('/kept', token => $good)->status, 200, 'keys that are kept from now on';

    answers(delay => 1.5);
    my @begun = under_way($nginx, 2, map { ['/each', token => $good] } 1 .. 2);
    my $log   = is_limited($nginx, 'a third question of one client', '/each', token => $good);
    like $log, qr/\[error\].*auth_jwt: server_requests_limited: .*"\/_as\/each"/, 'the first refusal is an error in the log';
    unlike join('', map { is_limited($nginx, 'another one in the same second', '/each', token => $good) } 1 .. 2), qr/\[error\].*\[error\]/s, 'not every one is';
    is $nginx->get('/kept',   token => $good)->status, 200, 'keys that are kept need no question';
    is $nginx->get('/either', token => $good)->status, 200, 'nor does a token that another key verifies';
    is $nginx->get('/each',   token => 'no.token.at-all')->status, 401, 'nor one that is none';
    push @begun, under_way($nginx, 1, ['/each', token => $good, from('192.0.2.1')]);
    is_limited($nginx, 'a fourth question to one server', '/each', token => $good, from('192.0.2.2'));
    push @begun, under_way($nginx, 1, ['/other', token => $good, from('192.0.2.3')]);
    is_limited($nginx, 'a fifth question in all', '/other', token => $good, from('192.0.2.4'));
    is statuses(@begun), '200 200 200 200', 'those that were let through get their answers';
    answers();
    is $nginx->get('/each', token => $good)->status, 200, 'then there is room again';

    # A limit is no failure of the key server.
    answers(delay => 1);
    @begun = under_way($nginx, 2, map { ['/each', token => $good] } 1 .. 2);
    my $raw = "GET /kept HTTP/1.1\r\nHost: other.example.com\r\nConnection: close\r\nAuthorization: Bearer $good\r\n\r\n";
    $nginx->keep_out_of_log($good);
    is $nginx->get('/kept', raw => $raw)->status, 503, 'keys of another name are not there yet';
    is statuses(@begun), '200 200', 'as soon as there is room';
    is $nginx->get('/kept', raw => $raw)->status, 200, 'they are asked for';
    $nginx->stop;
}

{
    my $nginx = server('auth_jwt_key_request_limits waiting=8;');
    answers(delay => 1.5);
    my @begun = fill_waiting($nginx, '/kept', $good);
    is statuses(@begun), join(' ', (200) x 8), 'those that wait get their keys';
    $nginx->stop;
}

# What is not said: without a cache of keys there is room for a hundred requests of one client, as NGINX Plus has it.
{
    my $nginx = server('');
    answers(delay => $TestNginx::patience);  # longer than it takes to send them all
    my @responses = $nginx->get_at_once(map { ['/each', token => $good] } 1 .. 100);
    is scalar(grep { $_->status == 200 } @responses), 100, 'a hundred requests of one client at once, without a cache of keys';
    @responses = $nginx->get_at_once(map { ['/each', token => $good] } 1 .. 200);
    is scalar(grep { $_->status == 200 } @responses), 128, 'of two hundred, 128 are let through';
    is scalar(grep { $_->status == 503 && $_->header('Retry-After') } @responses), 72, 'the others are told to come back';
}

finish();
