// SPDX-License-Identifier: Apache-2.0

/// Keys made for these tests and tokens signed with them, by Python's joserfc.
///
/// Every payload is `{"sub":"ana"}` but the forged ones'.
enum PublicKeyVectors {
    static let set =
        #"{"keys":[{"n":"qsftvz_cBOqgN6cKSni62cCvY7AfH1gsEtDyQBmS5DphsdJufkUPE2BK02ppK1QEE14sA"#
        + "pP7vy6yrNicrVQs8AKYk3vUHpk4JLFPqWU68SIzydlmYa4FR2hlhdj4kA1CE3_9ws0wKDALCSGW1wfAKPcC3"
        + "rhCACxX-FDBRw91bxrZ9PggacdEGLB5AqIre2Mzszx5paMHs1O0LOjCRt6CsLR7EBDwTb1sH8cfUwoh4aMSY"
        + "67nynwzUgbdeOPlJ_MbgV7ElsiPNCf4VKUb1DMKOBp0WRYND6eIKDIs-TXENUNpSVyI8ewOCTydQuTpmdP5P"
        + #"ZJTWsJXO_jMV2mXBH82Jw","e":"AQAB","kty":"RSA","kid":"r","alg":"RS256","use":"sig"},{"#
        + #""n":"yvhIQeMdvf690JsTWU58HrW7BGWgHoYTL-bQVZJLVzbiwT1YqMIXGl5wPqhUg-MJ4Psg_l1Lr3Kdcgx"#
        + "bkDF4tnFq_crjldgj2c_EwaAKqhQGUGunNSbnm6bbAHDMAI_l--pmErHdNUaDwwU3JFSqxHt6tvs6_n0awDp"
        + "Qz-aReJEEB9VdJ3SZqf4HM-Qlh1cyW8EeLOn_5x4w6sXnfevg6ESnhJSYYhmdwe348W0w60sO1RQa9hwws8G"
        + "0IABnEjVHySn4Km93kYZ7wgcC8xHe8pNNH49jxzXqDJspqU9D6mNYzRqMzpcVkPjw0oR7xeXA9WwkSRwBbjz"
        + #"4rrfscs243w","e":"AQAB","kty":"RSA","kid":"p","alg":"PS256"},{"crv":"P-256","x":"47Y"#
        + #"nGzf-7lVqaSACwcjLogLUZ-sZipQOoV3I6mr2y-Q","y":"Lo65LeH5sVcZPYuVOlFtAQ9fgNt-exc1tIiwG"#
        + #"qTGun4","kty":"EC","kid":"e","alg":"ES256"},{"crv":"Ed25519","x":"4OZ2fkDEUJumfSw6Kj"#
        + #"jMyqMJ9dQeLbRk0Q1bYKOejdc","kty":"OKP","kid":"d","alg":"EdDSA"}]}"#

    static let rs256 =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ.eyJzdWIiOiJhbmEifQ.dvWXhpTNGkOAYhVLxJRyWlDOKGlwRd"
        + "HJeWDTLUA-xPNrm2Z39Osy4mrkhOSuKpNpm83piuuvi5lOwSXvevNeCx748eJr-i0WFYULXp8zNtet4PqO1C"
        + "_RSCf4fsvB9odlo2yi2S1C6XgyGABqR8cbjE5bvb70NY2VQVGQtUVI_RsFlcpbnrZhcPuCkn3grpZmxgMkIv"
        + "SL0uRiwpslekyMPq2cPe2HPRef083NTJV3u7phxzvPaPYVpF3d_lwVFSlDFfhKhWtWbJoWEqTHnBYcczrDAb"
        + "LNKW0vW9gsiqG1nFMCVI6PVpgB70TzETpFobjwRLuP4YZG7VoJ3UA3Jo4sOg"

    static let ps256 =
        "eyJhbGciOiJQUzI1NiIsImtpZCI6InAifQ.eyJzdWIiOiJhbmEifQ.QYlePZk2PLuv8Zffpv9fizL2wiVTBp"
        + "nmsEM1UKEGAjsC-kptFCEp5l6QRbW6wQtPMATr-ucYS6Lw5q1UxVGO1iTTUkdtwK-1I9t2629vZSirD29Dm6"
        + "w_B5bzLjXv3Y7hT5CkC5fwWV072k2q0a38IHxIZYJnXchiiQRudDqK5b35wRDXh0PEZyIxHEKNRv0461qijM"
        + "3rM3re14L0sbayNqqfFGPaKj-PShkrBE463cDWciEr_6xd-8nUOHN7iYe8aTPtlFOyJGR9yy-DgrRSpWl0pj"
        + "GF-7B77WwdZdkxvl354wyWI8FoKTz9xg-SjKZJmTbxG_stPd_kIEYVyfMsGg"

    static let es256 =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUifQ.eyJzdWIiOiJhbmEifQ.uDvRhDBRsp_6p-_MLEDYZfwzJ90rI-"
        + "kfrgTIFOkrIBOjh1p-Ei0V6kCLK9wL-Qzh4lZ8Wsr2phsOiXk7dympEw"

    static let edDSA =
        "eyJhbGciOiJFZERTQSIsImtpZCI6ImQifQ.eyJzdWIiOiJhbmEifQ.-3_nV53RpfsqbtddFG-3ZE3HFn037O"
        + "y-zBgzhDKM0E8n3U6bzlDMqjpNmAILdlaMLNpBEqEM6lXxlNapSkYhBQ"

    static let rs256WithoutKeyName =
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbmEifQ.elpxPdomqMyRUrddFMBY2E7yHA_3U6eSMxd0uiQm6WgX"
        + "tyc5ZUTsHnUR12549vwzL5dOCkPZBOkhZb_sJrZP0rLVGQsf55CqEZFu0LDidf8ixGvq0Qsq3B4kG0S7seE5"
        + "oVoqu6uDjSvZ2UnNk8oxvUr40oPvTvivSnbkGH4B6IAtjQSuwZ1FyGg1-ncFRWtSJAKarYPPpelxzgs8_W7v"
        + "7xSxwZypc_ioBirdsdgafaQWe8OSVp4UPTdIRVDs5tRMC0JKmFJwHiaN9lpn344Re2Cfo81P37pqdZ_P_IU9"
        + "K01RhRSsVDwOKZQY2n6D64r6zM5yLPwyCrxHodk_zNkFCw"

    static let rs256OfUnknownKey =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6ImxhdGVyIn0.eyJzdWIiOiJhbmEifQ.hzUSghXkkE_uvHO1uxzBYRC8P"
        + "chSb3GUXvegqEOamifplj3A6QAuFOzbC3rwsMeCjX17ehuwiSewC9tNWXZb7r0mSdr6I4nmCrZkIAdC3kva2"
        + "Jary3gFcyh9-5JYSQAAQHkAN-yjKWPrEaZJIO9dMJLCpjG8yILMyIXjpDIXHiECwHU__rpnkRZG0maEHfEH7"
        + "iJo6FIC5YWIuir3W9myE-he917LXXJEtYFVRoRwT7A4_WU-LSUmNJvEDnNSXdjtIwjfIrlcBKPvA_-jVnVI4"
        + "VxaeMUwkw6pRYiAMvUCVzdlqPwm2MaLmsj3OIjtq7g7QHWx72XGdlwlRQUCojwNRw"

    static let ps256ByKeyForRS256 =
        "eyJhbGciOiJQUzI1NiIsImtpZCI6InIifQ.eyJzdWIiOiJhbmEifQ.PBatTmAHbchDOej3bHXYIBI4PS2m2w"
        + "9pvTNIJBHHYq73KmMZDHhD0GmoCP1mtD4rlosqV_Xpl-hDTBd5eCGO7cz7uiL0K5h65TtEcVn3mFWc2vVYgF"
        + "ohYp8rti6WaNsn1dVO5FEuAtOzcf1OZRTVtMlzEkr2yWqaPiPEIOk6Qvk8NN8KG-XRki0IyiK2xrf8uME3u7"
        + "0sPsYhInesPmujBst_NzPEBNcFYLfL072Q45tasF5L5Fp4CKugbNE0wEn2UrODp5wlFgyN86tCa6gk9dgRW1"
        + "04kAarKGdNVCuNbJPSzpa0olZ8EEzWAEC92oWQ6uCMInfIBJ3XfOgvoMrKjA"

    static let shortKey =
        #"{"n":"u8xJnJ6chdRXzlxYdfRLokztmTExBHlFDAnYqBVYibjBePjQcQ9lDM_8wawYORPs7RSAQ9hZqVtajV"#
        + "EPyJqRIINhkinh-YP_4H5pQjipsumBCVKxDLbAUDjiWCqT3YafJsRKHudUVC93L_rLdS41GtaGIYpG23uuti"
        + #"F9DuclHks","e":"AQAB","kty":"RSA","kid":"s"}"#

    static let otherCurve =
        #"{"crv":"P-384","x":"d4z-tq96gMUqUK6E4WWQx_jE8mFLX8eSoyRRa4LuQcV9TficEt4XSBpC6wREicuO"#
        + #"","y":"4LCMejh-xA_mAgRLukLjyr6RZFzTtgcawUNNVQMkMM0RK2r15dvaGlleePu_1Dpu","kty":"EC","#
        + #""kid":"c"}"#

    static let es256Key =
        #"{"crv":"P-256","x":"47YnGzf-7lVqaSACwcjLogLUZ-sZipQOoV3I6mr2y-Q","y":"Lo65LeH5sVcZPY"#
        + #"uVOlFtAQ9fgNt-exc1tIiwGqTGun4","kty":"EC","kid":"e"}"#

    static let hmacWithPublicKey =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.1YCZr-dNbsmIjlUueh_HPz8s94qEwsssTkIrFezsLh"
        + "Y"

    static let hmacWithNamedPublicKey =
        "eyJhbGciOiJIUzI1NiIsImtpZCI6InIifQ.eyJzdWIiOiJhZG1pbiJ9.-L2hw5FVBa-1bzSS1NLdxkrmtZii"
        + "mi-ws54FOFvkJow"

    static let rsaPEM = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqsftvz/cBOqgN6cKSni6
        2cCvY7AfH1gsEtDyQBmS5DphsdJufkUPE2BK02ppK1QEE14sApP7vy6yrNicrVQs
        8AKYk3vUHpk4JLFPqWU68SIzydlmYa4FR2hlhdj4kA1CE3/9ws0wKDALCSGW1wfA
        KPcC3rhCACxX+FDBRw91bxrZ9PggacdEGLB5AqIre2Mzszx5paMHs1O0LOjCRt6C
        sLR7EBDwTb1sH8cfUwoh4aMSY67nynwzUgbdeOPlJ/MbgV7ElsiPNCf4VKUb1DMK
        OBp0WRYND6eIKDIs+TXENUNpSVyI8ewOCTydQuTpmdP5PZJTWsJXO/jMV2mXBH82
        JwIDAQAB
        -----END PUBLIC KEY-----

        """

    static let ecPEM = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE47YnGzf+7lVqaSACwcjLogLUZ+sZ
        ipQOoV3I6mr2y+Qujrkt4fmxVxk9i5U6UW0BD1+A2357FzW0iLAapMa6fg==
        -----END PUBLIC KEY-----

        """

    static let edPEM = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEA4OZ2fkDEUJumfSw6KjjMyqMJ9dQeLbRk0Q1bYKOejdc=
        -----END PUBLIC KEY-----

        """

    static let p384PEM = """
        -----BEGIN PUBLIC KEY-----
        MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEd4z+tq96gMUqUK6E4WWQx/jE8mFLX8eS
        oyRRa4LuQcV9TficEt4XSBpC6wREicuO4LCMejh+xA/mAgRLukLjyr6RZFzTtgca
        wUNNVQMkMM0RK2r15dvaGlleePu/1Dpu
        -----END PUBLIC KEY-----

        """

    static let privatePEM = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/B97nXTpzmC94+qw
        q312W1ccnogBUChSxFC13L8wz66hRANCAATjticbN/7uVWppIALByMuiAtRn6xmK
        lA6hXcjqavbL5C6OuS3h+bFXGT2LlTpRbQEPX4DbfnsXNbSIsBqkxrp+
        -----END PRIVATE KEY-----

        """
}
